import { z } from "zod";
import { itemCodeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, subjectSchema } from "../identity/index.ts";

/** A calendar day, `2024-01-31`. */
export const daySchema = z.iso.date();

/** `current`; `annotated` (objection, review, litigation); `repaired` and `withdrawn` are no longer disclosed. */
export const recordStates = ["current", "annotated", "repaired", "withdrawn"] as const;

/** Longest id, subject name and annotation, in UTF-16 units. */
export const recordLengths = { id: 200, subjectName: 200, annotation: 400 } as const;

/** One fact about one subject, in one version. `fields` holds the item's national columns, checked against the catalogue. */
export const recordSchema = z.strictObject({
  /** Unique within the node that holds it: `<item>:<document number>[:…]`. */
  id: z.string().min(1).max(recordLengths.id),
  item: itemCodeSchema,
  subject: subjectSchema,
  subjectName: z.string().max(recordLengths.subjectName),
  /** The record's own jurisdiction; a subject's code does not reveal its district. */
  jurisdiction: jurisdictionSchema,
  version: z.number().int().positive(),
  state: z.enum(recordStates),
  annotation: z.string().max(recordLengths.annotation).optional(),
  occurredOn: daySchema,
  /** Absent: no end. The national form for that is 2099/12/31. */
  validUntil: daySchema.optional(),
  /** 公示截止期: after this day the record is no longer disclosed. */
  disclosedUntil: daySchema.optional(),
  /** When the node took this version in. */
  recordedAt: z.iso.datetime(),
  /** Version of the catalogue under which it was made; absent from sources that do not know. */
  catalogueVersion: z.number().int().positive().optional(),
  /** Column name → value: text, days as `YYYY-MM-DD`, amounts as decimal text in 万元. Empty columns are absent. */
  fields: z.record(z.string(), z.string()),
});
export type CreditRecord = z.infer<typeof recordSchema>;
