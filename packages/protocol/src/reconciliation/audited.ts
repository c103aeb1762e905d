import { z } from "zod";
import { withdrawalReceiptSchema } from "../authorisation/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { intervalSchema } from "./interval.ts";

/** Most comparisons in one reply. */
export const reconciliationsPage = 100;

const count = z.number().int().nonnegative();

/** Body of `POST /v1/audit/reconciliations`: comparisons of a member's book with the log, or of everybody's. */
export const reconciliationsRequestSchema = z.strictObject({
  member: nodeIdSchema.optional(),
  limit: z.number().int().min(1).max(reconciliationsPage).optional(),
});
export type ReconciliationsRequest = z.infer<typeof reconciliationsRequestSchema>;

/** One comparison, with both sides' signed words: whoever reads it need not believe the gateway. */
export const auditedReconciliationSchema = z.strictObject({
  member: nodeIdSchema,
  interval: intervalSchema,
  at: z.iso.datetime(),
  stated: z.string(),
  logged: z.string(),
  /** Null while the member has yet to name the differences. */
  report: z.string().nullable(),
  differences: count.nullable(),
  explained: count,
});
export type AuditedReconciliation = z.infer<typeof auditedReconciliationSchema>;

export const reconciliationsSchema = z.strictObject({
  /** Newest first. */
  reconciliations: z.array(auditedReconciliationSchema).max(reconciliationsPage),
  /** The newest hour that each member has reconciled; null for one that never has. */
  newest: z.array(z.strictObject({ member: nodeIdSchema, interval: intervalSchema.nullable() })),
  /** Where the log says that they were read. */
  log: withdrawalReceiptSchema.shape.log,
});
export type ReconciliationsAnswer = z.infer<typeof reconciliationsSchema>;
