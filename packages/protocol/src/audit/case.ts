import { z } from "zod";
import { lookupSchema } from "../exchange/index.ts";
import { logPlaceSchema } from "./search.ts";

/** `other`: it was made under another reference. `none`: under none. `gone`: what would show it is erased or has expired. */
export const caseFindings = ["same", "other", "none", "gone"] as const;

/** Body of `POST /v1/audit/cases`: was this lookup made under that case? */
export const caseRequestSchema = z.strictObject({
  /** The lookup's exchange. */
  of: z.uuid(),
  reference: lookupSchema.shape.caseReference.unwrap(),
});
export type CaseRequest = z.infer<typeof caseRequestSchema>;

export const caseAnswerSchema = z.strictObject({
  of: z.uuid(),
  finding: z.enum(caseFindings),
  /** Of the lookup's entry, which commits to its reference. */
  entry: logPlaceSchema.shape.index,
  log: logPlaceSchema,
});
export type CaseAnswer = z.infer<typeof caseAnswerSchema>;
