export { copiesOf, copiesRequestSchema, copiesSchema } from "./copies.ts";
export type { CorrectionAct, CorrectionFault, OwnRecords, RecordStanding } from "./correct.ts";
export type {
  Applied,
  Copy,
  Inbox,
  MissedPage,
  Position,
  ReadingScope,
  ReadingStanding,
  Taken,
} from "./inbox.ts";
export { keptBackLately } from "./kept-back.ts";
export { openSharing, type SharingChoice, type SharingEvents } from "./open.ts";
export type {
  ListedItems,
  Outbox,
  OwnFeed,
  RefusedSince,
  RefusedVersion,
  SealedPage,
  Tellable,
  TellingStanding,
  Waiting,
} from "./outbox.ts";
export { type PublishDependencies, publish, tellableItems } from "./publish.ts";
export { readChanges, type SubscribeDependencies } from "./subscribe.ts";
