export { type Change, changeLine, changeSchema, lineHash, mostLineLength, saltBytes } from "./change.ts";
export {
  type Completion,
  type Correction,
  type CorrectionEffect,
  type CorrectionLine,
  completionSchema,
  correctionEffects,
  correctionLineSchema,
  correctionSchema,
  correctionsRequestSchema,
  correctionsSchema,
  openCompletion,
  signCompletion,
} from "./completion.ts";
export { type FeedId, type FeedPlace, feedIdSchema, feedPlaceSchema } from "./feed.ts";
export {
  type Delivery,
  type Disputed,
  deliverySchema,
  disputedSchema,
  type KeptBack,
  mostDisputed,
  mostReceipts,
  mostWaitMs,
  type PublishedPage,
  type PublishReply,
  publishedSchema,
  publishSchema,
  type ReadRequest,
  readSchema,
  type Subscription,
  subscriptionSchema,
} from "./message.ts";
export { type PackedPage, packedPageSchema, packPage, pageBytes, unpackPage } from "./pack.ts";
export {
  headHash,
  lastOf,
  type OpenedPage,
  openPage,
  type Page,
  type PageHead,
  pageHeadSchema,
  pageLength,
  pageType,
  signPageHead,
} from "./page.ts";
export {
  mostRefused,
  openReceipt,
  type Receipt,
  type RefusedChange,
  receiptSchema,
  refusedChangesSchema,
  signReceipt,
} from "./receipt.ts";
export {
  closedTo,
  type HoldingRules,
  isHandedOut,
  isWanted,
  mayHold,
  mayHoldItem,
  type Shared,
} from "./sharing.ts";
export { type FeedPast, type PageStanding, placeOf, standingOf } from "./succession.ts";
