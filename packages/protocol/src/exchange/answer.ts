import { z } from "zod";
import { itemCodeSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, nodeIdSchema, subjectSchema } from "../identity/index.ts";
import { isCode } from "../problem/index.ts";
import { disputeSchema, recordSchema } from "../record/index.ts";

/** A node's refusal, signed like any answer: which rule, in a stable code. */
export const refusalSchema = z.object({ code: z.string().refine(isCode), rule: z.string() });
export type Refusal = z.infer<typeof refusalSchema>;

/**
 * An item asked about of which the answer is not the whole: the node does not hold it for such a subject,
 * or holds rows of it that are no valid records. Without it an empty answer would read as a clean history.
 */
export const gapSchema = z.object({ item: itemCodeSchema, reason: z.enum(["not-held", "unreadable"]) });
export type Gap = z.infer<typeof gapSchema>;

/** What a gap means, for people. */
export const gapTexts: Readonly<Record<Gap["reason"], { readonly zh: string; readonly en: string }>> = {
  "not-held": { zh: "未掌握", en: "not held" },
  unreadable: { zh: "有记录无法读取", en: "rows cannot be read" },
};

/**
 * What one node says, as the payload of a JWS it signs (PR-EXCHANGE §6). Bound to the exchange, the
 * requester, the subject, the items and the purpose, so that it cannot stand for another question.
 */
export const answerSchema = z.object({
  iss: nodeIdSchema,
  /**
   * The member whose records these are, when it could not be asked: then the answer is the city's, of the copy that it
   * holds of them, and `iss` the city (PR-EXCHANGE §7).
   */
  copyOf: nodeIdSchema.optional(),
  /** The requester's node id: whom the answer is for. */
  aud: nodeIdSchema,
  /** The exchange (request) id. */
  jti: z.uuid(),
  /** Issued at and expires, in seconds since 1970 (RFC 7519 §4.1). */
  iat: z.number().int(),
  exp: z.number().int(),
  jurisdiction: jurisdictionSchema,
  purpose: purposeCodeSchema,
  /** Whom it is about and what was asked: a "none" says for whom and of what nothing is held. */
  subject: subjectSchema,
  items: z.array(itemCodeSchema),
  status: z.enum(["ok", "none", "refused"]),
  /**
   * The instant up to which the node's data was known to be current. Absent on a refusal. To the nanosecond and no
   * finer: it goes into the log, whose leaves have a longest length.
   */
  asOf: z.iso.datetime().max(30).optional(),
  records: z.array(recordSchema),
  /** The records instead, as a compact JWE to the requester: whoever carries the answer cannot read them. */
  sealed: z.string().optional(),
  /** In place of records, for a purpose that is answered by yes or no: the items of which anything is held. */
  held: z.array(itemCodeSchema).optional(),
  gaps: z.array(gapSchema).min(1).optional(),
  /** Of an answer from the city's copy: records of it that somebody disputes (PR-CASES §6). */
  disputes: z.array(disputeSchema).min(1).optional(),
  refusal: refusalSchema.optional(),
});
export type Answer = z.infer<typeof answerSchema>;
