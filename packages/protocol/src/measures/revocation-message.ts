import { z } from "zod";
import { sha256Schema } from "../reconciliation/index.ts";
import { mostWaitMs } from "../sync/index.ts";
import { entryPlaceSchema, signedTextSchema } from "./report.ts";

/** Open notices that one question is about: a member's first so many by their hashes. */
export const mostOpen = 1_000;

/** Notices in one reply. */
export const mostNotices = 100;

/** `POST /v1/revocations`: a member asks for notices, and says which it holds that it has not answered. */
export const revocationsRequestSchema = z.strictObject({
  /** Their hashes. */
  heard: z.array(sha256Schema).max(mostOpen),
  /** How long the gateway may wait for something new. */
  waitMs: z.number().int().nonnegative().max(mostWaitMs),
});
export type RevocationsRequest = z.infer<typeof revocationsRequestSchema>;

export const revocationsSchema = z.strictObject({
  /** Notices that are open and were not among those heard, as the city has signed them. */
  notices: z.array(signedTextSchema).max(mostNotices),
  /** Hashes of those heard that the city waits for no more: answered, or the record stands again. */
  settled: z.array(sha256Schema),
});
export type Revocations = z.infer<typeof revocationsSchema>;

/** `POST /v1/revocations/answers`: a member's signed answer to a notice. */
export const revocationAnswerMessageSchema = z.strictObject({ answer: signedTextSchema });
export type RevocationAnswerMessage = z.infer<typeof revocationAnswerMessageSchema>;

/** The city's receipt: which answer it has, and where that stands in the log. */
export const revocationReceiptSchema = z.strictObject({ answer: sha256Schema, log: entryPlaceSchema });
export type RevocationReceipt = z.infer<typeof revocationReceiptSchema>;
