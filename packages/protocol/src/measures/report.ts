import { createHash } from "node:crypto";
import { z } from "zod";
import { logReferenceSchema } from "../exchange/index.ts";
import { holdsCitizenId, type NodeId, nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { recordSchema } from "../record/index.ts";
import { type Directory, openWord, signWord } from "../registry/index.ts";

/** What a member did about a hit. `partly`: some of the measures that apply to the matter. */
export const measureOutcomes = ["applied", "partly", "not-applied"] as const;
export type MeasureOutcome = (typeof measureOutcomes)[number];

/** The member's own number of the matter: it means nothing to anybody else, and is no way in for a person's number. */
const matterReferenceSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/)
  .refine((text) => !holdsCitizenId(text), "is a person's number");

const doneSchema = z.strictObject({
  /** Request id of the screening or lookup that gave the record. */
  exchange: z.uuid(),
  source: nodeIdSchema,
  record: recordSchema.shape.id,
  version: recordSchema.shape.version,
  outcome: z.enum(measureOutcomes),
  matter: matterReferenceSchema,
  /** The day on which it was decided. */
  on: z.iso.date(),
  reason: z.string().min(1).max(400).optional(),
});

const saysWhy = ({ outcome, reason }: Pick<z.infer<typeof doneSchema>, "outcome" | "reason">) =>
  outcome === "applied" || reason !== undefined;

/** What a member did, before it signs that: what was not applied whole says why. */
export const measureDoneSchema = doneSchema.refine(saysWhy, "says no reason");
export type MeasureDone = z.infer<typeof measureDoneSchema>;

/** A member's word of what it did about a record that it was given (PR-SYNC §8). */
export const reportSchema = doneSchema.extend({
  iss: nodeIdSchema,
  /** Seconds since 1970. */
  iat: z.number().int().nonnegative(),
});
export type MeasureReport = z.infer<typeof reportSchema>;

const reportWord = { type: "xinqiao-measure+jws", schema: reportSchema.refine(saysWhy, "says no reason") };

export function signMeasureReport(report: MeasureReport, signer: Signer): Promise<string> {
  return signWord(reportWord, report, signer);
}

/** Opens a report of the member expected, signed with a key that counted then. */
export function openMeasureReport(
  text: string,
  member: NodeId,
  directory: Pick<Directory, "key">,
): MeasureReport | undefined {
  return openWord(reportWord, text, member, directory);
}

/** What a report says that was opened before, whoever has signed it. */
export function readMeasureReport(text: string): MeasureReport | undefined {
  const jws = readCompact(text, reportWord.type);
  return jws && reportWord.schema.safeParse(payloadOf(jws)).data;
}

/** SHA-256 of a signed text as it travels, base64url: what the log names a report, a notice or an answer by. */
export const textHash = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** A compact JWS that speaks of measures. */
export const signedTextSchema = z.string().min(1).max(8192);

/** `POST /v1/feedback`: a member's signed report. */
export const feedbackSchema = z.strictObject({ report: signedTextSchema });
export type Feedback = z.infer<typeof feedbackSchema>;

/** Where an entry stands in the log. */
export const entryPlaceSchema = logReferenceSchema.pick({ origin: true, size: true, root: true }).extend({
  index: z.number().int().nonnegative(),
});

/** The city's receipt, signed as every reply: which report it has, and where that stands in the log. */
export const feedbackReplySchema = z.strictObject({ report: sha256Schema, log: entryPlaceSchema });
export type FeedbackReply = z.infer<typeof feedbackReplySchema>;
