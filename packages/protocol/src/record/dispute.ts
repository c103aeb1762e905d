import { z } from "zod";
import { recordSchema } from "./record.ts";

/** An objection (异议) says that a record is wrong; a repair (信用修复) asks that it counts no longer. */
export const disputeKinds = ["objection", "repair"] as const;

/**
 * What the city says beside a record that somebody disputes: what its source signed stays as it is (PR-CASES §6). The
 * record's id is absent where a purpose is answered by yes or no, and so names no record.
 */
export const disputeSchema = z.strictObject({
  record: recordSchema.shape.id.optional(),
  kind: z.enum(disputeKinds),
  since: z.iso.datetime(),
});
export type Dispute = z.infer<typeof disputeSchema>;

/** A dispute of which it is known what it is about. */
export type RecordDispute = Dispute & { readonly record: string };

/** Disputes as an answer may show them that names its records, or none. */
export function shownDisputes(
  disputes: readonly RecordDispute[],
  { namesRecords }: { readonly namesRecords: boolean },
): { readonly disputes?: Dispute[] } {
  if (disputes.length === 0) return {};
  return {
    disputes: disputes.map(({ record, ...dispute }) => ({ ...(namesRecords && { record }), ...dispute })),
  };
}
