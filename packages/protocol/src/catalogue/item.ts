import { z } from "zod";
import { subjectKinds } from "../identity/index.ts";

export const labelSchema = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
export type Label = z.infer<typeof labelSchema>;

export const itemCodeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,63}$/)
  .brand<"ItemCode">();
export type ItemCode = z.infer<typeof itemCodeSchema>;

/** 社会公开 · 政务共享 · 授权查询 (GB/T 39445 disclosure classes). */
export const disclosureClasses = ["public", "government-shared", "authorised"] as const;
export type DisclosureClass = (typeof disclosureClasses)[number];

/** `amount` is in 万元 with up to six decimals, kept as text so that no digit is lost. */
export const fieldTypes = ["text", "date", "amount", "integer", "code", "identifier"] as const;
/** How a value is shown to someone who may see the record but not the whole value. */
export const maskings = ["none", "name", "identifier", "redact"] as const;

export const fieldSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
  type: z.enum(fieldTypes),
  required: z.boolean(),
  /** Lengths count code points, as the national file rules do. */
  minLength: z.number().int().positive().optional(),
  maxLength: z.number().int().positive().optional(),
  /** Allowed values of a `code` field. */
  values: z.array(z.string()).optional(),
  label: labelSchema,
  masking: z.enum(maskings),
});
export type Field = z.infer<typeof fieldSchema>;

/** Which columns say whose record it is, when it was decided and how long it holds. */
export const columnRolesSchema = z.strictObject({
  subjectName: z.string(),
  uscc: z.string().optional(),
  citizenId: z.string().optional(),
  registrationNumber: z.string().optional(),
  /** The document number that names the record within its source. */
  documentNumber: z.string(),
  occurredOn: z.string(),
  validUntil: z.string().optional(),
  disclosedUntil: z.string().optional(),
  /** The day a listing ended: from that day on it is neither in force nor disclosed. */
  removedOn: z.string().optional(),
  sourceUnit: z.string().optional(),
  sourceUnitCode: z.string().optional(),
});
export type ColumnRoles = z.infer<typeof columnRolesSchema>;

/** One kind of record (GB/T 39446): what it holds, who may see it, how long it is kept. */
export const itemSchema = z.strictObject({
  code: itemCodeSchema,
  /** The class it is of, e.g. `行政管理`. */
  class: z.string(),
  name: labelSchema,
  subjectKinds: z.array(z.enum(subjectKinds)).min(1),
  disclosure: z.enum(disclosureClasses),
  /** Node roles the item is shared with when it is not public. */
  shareScope: z.array(z.string()),
  retentionYears: z.number().int().positive(),
  updateFrequency: z.string(),
  /** Working days within which everyone who holds a copy has to have applied a correction; one when absent. */
  correctionDays: z.number().int().positive().max(60).optional(),
  /** The kind of unit that reports it. */
  source: labelSchema,
  fields: z.array(fieldSchema).min(1),
  columns: columnRolesSchema,
});
export type Item = z.infer<typeof itemSchema>;
