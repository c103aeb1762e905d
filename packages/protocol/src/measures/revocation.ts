import { z } from "zod";
import { type NodeId, nodeIdSchema } from "../identity/index.ts";
import type { Signer } from "../keys/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { type Directory, openWord, signWord } from "../registry/index.ts";
import { reportSchema } from "./report.ts";

const seconds = z.number().int().nonnegative();

/** What has become of a record that a measure stands on. `ended`: a correction has taken it off its list, or brought its end forward. */
export const revokingEffects = ["repaired", "withdrawn", "ended"] as const;
export type RevokingEffect = (typeof revokingEffects)[number];

/** The city asks a member to revoke what it did about a record that is no longer disclosed, or not in force (PR-SYNC §9). */
export const revocationNoticeSchema = z.strictObject({
  /** The city. */
  iss: nodeIdSchema,
  iat: seconds,
  /** Who is asked. */
  member: nodeIdSchema,
  /** SHA-256 of the report by which it had acted, and what that says. */
  report: sha256Schema,
  ...reportSchema.pick({ exchange: true, source: true, record: true, matter: true }).shape,
  effect: z.enum(revokingEffects),
  /** The last day, by the city's calendar, on which an answer is in time. */
  dueOn: z.iso.date(),
});
export type RevocationNotice = z.infer<typeof revocationNoticeSchema>;

const noticeWord = { type: "xinqiao-revocation+jws", schema: revocationNoticeSchema };

export function signRevocationNotice(notice: RevocationNotice, signer: Signer): Promise<string> {
  return signWord(noticeWord, notice, signer);
}

/** Opens a notice of the city expected, signed with a key that counted then. */
export function openRevocationNotice(
  text: string,
  city: NodeId,
  directory: Pick<Directory, "key">,
): RevocationNotice | undefined {
  return openWord(noticeWord, text, city, directory);
}

/** `kept`: the measure stands, for a reason that is said. */
export const revocationOutcomes = ["revoked", "kept"] as const;
export type RevocationOutcome = (typeof revocationOutcomes)[number];

const doneSchema = z.strictObject({
  /** SHA-256 of the notice. */
  notice: sha256Schema,
  outcome: z.enum(revocationOutcomes),
  /** The day on which it was decided. */
  on: z.iso.date(),
  reason: z.string().min(1).max(400).optional(),
});

const saysWhy = ({ outcome, reason }: Pick<z.infer<typeof doneSchema>, "outcome" | "reason">) =>
  outcome === "revoked" || reason !== undefined;

/** What a member decided upon a notice, before it signs that: what is kept says why. */
export const revocationDoneSchema = doneSchema.refine(saysWhy, "says no reason");
export type RevocationDone = z.infer<typeof revocationDoneSchema>;

const answerSchema = doneSchema.extend({ iss: nodeIdSchema, iat: seconds }).refine(saysWhy, "says no reason");
export type RevocationAnswer = z.infer<typeof answerSchema>;

const answerWord = { type: "xinqiao-revoked+jws", schema: answerSchema };

export function signRevocationAnswer(answer: RevocationAnswer, signer: Signer): Promise<string> {
  return signWord(answerWord, answer, signer);
}

/** Opens an answer of the member expected, signed with a key that counted then. */
export function openRevocationAnswer(
  text: string,
  member: NodeId,
  directory: Pick<Directory, "key">,
): RevocationAnswer | undefined {
  return openWord(answerWord, text, member, directory);
}

/** An answer is given once; only `kept` may still become `revoked`. */
export function mayAnswer(before: RevocationOutcome | undefined, now: RevocationOutcome): boolean {
  return before !== "revoked" || now === "revoked";
}
