import { z } from "zod";
import { nodeIdSchema } from "../identity/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { hitReferenceSchema, reasonSchema } from "./report.ts";
import { statementOf } from "./signed.ts";

const seconds = z.number().int().nonnegative();

/** What has become of a record that a measure stands on. */
export const revokingEffects = ["repaired", "withdrawn"] as const;
export type RevokingEffect = (typeof revokingEffects)[number];

/** The city asks a member to revoke what it has done about a record that is no longer disclosed (art. 81–82). */
export const revocationNoticeSchema = hitReferenceSchema.extend({
  /** The city. */
  iss: nodeIdSchema,
  iat: seconds,
  /** Who is asked. */
  member: nodeIdSchema,
  /** SHA-256 of the report by which it had acted. */
  report: sha256Schema,
  effect: z.enum(revokingEffects),
  /** The last day, by the city's calendar, on which an answer is in time. */
  dueOn: z.iso.date(),
});
export type RevocationNotice = z.infer<typeof revocationNoticeSchema>;

export const { sign: signRevocationNotice, open: openRevocationNotice } = statementOf(
  "xinqiao-revocation+jws",
  revocationNoticeSchema,
);

export const revocationOutcomes = ["revoked", "refused", "never-in-effect"] as const;
export type RevocationOutcome = (typeof revocationOutcomes)[number];

const revocationDoneSchema = z.strictObject({
  /** SHA-256 of the notice. */
  notice: sha256Schema,
  outcome: z.enum(revocationOutcomes),
  /** The day on which it was revoked. */
  on: z.iso.date().optional(),
  reason: reasonSchema.optional(),
});
export type RevocationDone = z.infer<typeof revocationDoneSchema>;

const isWhole = ({ outcome, on, reason }: RevocationDone): boolean =>
  (outcome === "revoked") === (on !== undefined) && (outcome !== "refused" || reason !== undefined);
const notWhole = "a revocation says its day and nothing else does; a refusal says why";

/** What a member hands to its agent, before it signs that. */
export const revocationAnswerDraftSchema = revocationDoneSchema.refine(isWhole, notWhole);

/** A member's signed answer to a notice. */
export const revocationAnswerSchema = revocationDoneSchema
  .extend({ iss: nodeIdSchema, iat: seconds })
  .refine(isWhole, notWhole);
export type RevocationAnswer = z.infer<typeof revocationAnswerSchema>;

export const { sign: signRevocationAnswer, open: openRevocationAnswer } = statementOf(
  "xinqiao-revoked+jws",
  revocationAnswerSchema,
);
