import { z } from "zod";
import { itemCodeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, nodeIdSchema, subjectKinds } from "../identity/index.ts";
import { sha256Schema } from "../reconciliation/index.ts";
import { disputeSchema, recordSchema } from "../record/index.ts";
import { packedPageSchema } from "./pack.ts";
import { pageLength } from "./page.ts";

/** A receipt that refuses every change of a page. */
const compactSchema = z.string().max(64 * 1024);

/** Rows that were handed to a source in a month of the city's calendar and that it kept back for their faults. */
export const keptBackSchema = z.strictObject({
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/),
  rows: z.number().int().nonnegative(),
});
export type KeptBack = z.infer<typeof keptBackSchema>;

/**
 * `POST /v1/changes`: a source hands over its next page; beside it, for the city's scorecard alone, this month's rows and those
 * of the month before.
 */
export const publishSchema = packedPageSchema.extend({ keptBack: z.array(keptBackSchema).max(2).optional() });
export type PublishedPage = z.infer<typeof publishSchema>;

/** Its reply: how far the gateway has taken the feed, signed, whatever became of this page. */
export const publishedSchema = z.strictObject({
  /** Absent before the first page of this source. */
  receipt: compactSchema.optional(),
  /** Records that were refused and are to be told again: the city would judge otherwise today. */
  again: z.array(recordSchema.shape.id).max(pageLength).optional(),
});
export type PublishReply = z.infer<typeof publishedSchema>;

const wanted = <T extends z.ZodType>(of: T) => z.union([z.literal("all"), z.array(of).max(1_000)]);

/** What a subscriber wants of what it may have. */
export const subscriptionSchema = z.strictObject({
  items: wanted(itemCodeSchema),
  /** Of the records. */
  jurisdictions: wanted(jurisdictionSchema),
  subjectKinds: wanted(z.enum(subjectKinds)),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

/** Longest that a reader may wait for something new. */
export const mostWaitMs = 25_000;

/** Most receipts of one request: what is more goes with the next. */
export const mostReceipts = 100;

/** `POST /v1/changes/read`: what is new behind a position, within the subscription; waits while there is nothing. */
export const readSchema = z.strictObject({
  subscription: subscriptionSchema,
  /** The position up to which all was applied; 0 in the beginning. */
  after: z.number().int().nonnegative(),
  /** Hash of the head of the page there, by which a gateway that was put back knows that it is not its own; null at 0. */
  head: sha256Schema.nullable(),
  /** One for each source of which something was applied since the last request. */
  receipts: z.array(compactSchema).max(mostReceipts),
  waitMs: z.number().int().nonnegative().max(mostWaitMs),
  /** Names the disputes that the reader knows of; null: of none yet. Absent: it does not ask for them. */
  disputed: sha256Schema.nullish(),
});
export type ReadRequest = z.infer<typeof readSchema>;

/** Most disputes that a reader is told of. */
export const mostDisputed = 100_000;

/** Records in dispute that a reader may hold and wants: all of them, in place of those that it knew of (PR-CASES §6). */
export const disputedSchema = z.strictObject({
  tag: sha256Schema,
  records: z
    .array(disputeSchema.required({ record: true }).extend({ source: nodeIdSchema }))
    .max(mostDisputed),
});
export type Disputed = z.infer<typeof disputedSchema>;

export const deliverySchema = z.strictObject({
  /** Where to go on; before where the reader was, when the gateway does not know that place. */
  position: z.number().int().nonnegative(),
  /** The newest position there is. */
  newest: z.number().int().nonnegative(),
  /** Names what the reader may hold, as the gateway sees it: when it changes, lines withheld before have to be read again. */
  scope: sha256Schema,
  pages: z.array(packedPageSchema.extend({ source: nodeIdSchema })),
  /** Absent when the reader knows of them all, and of no other. */
  disputed: disputedSchema.optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;
