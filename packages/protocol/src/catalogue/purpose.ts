import { z } from "zod";
import { jurisdictionSchema, subjectKinds } from "../identity/index.ts";
import { itemCodeSchema, labelSchema } from "./item.ts";

export const purposeCodeSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,63}$/)
  .brand<"PurposeCode">();
export type PurposeCode = z.infer<typeof purposeCodeSchema>;

const columns = z.array(z.string().min(1)).min(1);

const day = z.iso.date();

/** How nodes answer: with records, or only with what they hold of what was asked. */
export const answerForms = ["records", "yes-no"] as const;

/** What a purpose needs of one item's records. */
export const needsSchema = z.strictObject({
  /** Columns that are disclosed at all; every one when absent. */
  only: columns.optional(),
  /** Columns that are disclosed whole although the item masks them. */
  whole: columns.optional(),
});

/** What follows for this matter when a subject is listed, and by which law. */
export const measureSchema = z.strictObject({
  item: itemCodeSchema,
  name: labelSchema,
  legalBasis: z.string().min(1),
  /** First and last day on which it applies, by the city's calendar. */
  validFrom: day.optional(),
  validUntil: day.optional(),
});
export type Measure = z.infer<typeof measureSchema>;

/** One listed application of credit data (信用应用清单), with its legal basis. */
export const purposeSchema = z.strictObject({
  code: purposeCodeSchema,
  name: labelSchema,
  legalBasis: z.string().min(1),
  /** First and last day on which the legal basis is in force, by the city's calendar. */
  validFrom: day.optional(),
  validUntil: day.optional(),
  items: z.array(itemCodeSchema).min(1),
  subjectKinds: z.array(z.enum(subjectKinds)).min(1),
  jurisdictions: z.union([z.literal("all"), z.array(jurisdictionSchema).min(1)]),
  /** By item. One that is left out: every column, masked as the item says. */
  needs: z.partialRecord(itemCodeSchema, needsSchema).optional(),
  /** Whether the subject's own authorisation is needed whatever the item's class. */
  authorisation: z.boolean(),
  /** Minimum disclosure: `yes-no` answers say of each item asked only whether anything is held. Default: records. */
  answers: z.enum(answerForms).optional(),
  /** What the matter does with a subject that an item of its lists: joint discipline and reward (联合奖惩). */
  measures: z.array(measureSchema).min(1).optional(),
  /** Seconds past the registry's end in which it is still used, where that is less than the registry allows. */
  graceSeconds: z.number().int().nonnegative().optional(),
  status: z.enum(["live", "pending"]),
});
export type Purpose = z.infer<typeof purposeSchema>;
