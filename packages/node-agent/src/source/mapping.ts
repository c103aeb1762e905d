import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { subjectKinds, subjectSchemes } from "@xinqiao/protocol/identity";
import { recordStates } from "@xinqiao/protocol/record";
import { z } from "zod";

const nationalColumn = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "a national column name");

/** What every live source says about an item: which of the platform's names hold its national columns. */
export const itemMapping = {
  item: itemCodeSchema,
  /** Platform value → state. A value that is not listed makes the row invalid: never disclosed by default. */
  stateValues: z.record(z.string(), z.enum(recordStates)).default({}),
} as const;

export const subjectMapping = {
  scheme: z.enum(subjectSchemes),
  /** Absent: what the identifier says. */
  kind: z.enum(subjectKinds).optional(),
} as const;

/** National column → the platform's own name for it. */
export const fieldsOf = <T extends z.ZodType<string>>(name: T) =>
  z.record(nationalColumn, name).refine((fields) => Object.keys(fields).length > 0, "at least one field");
