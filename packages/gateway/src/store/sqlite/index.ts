export { type AuditLogOptions, openAuditLog } from "./audit-log.ts";
export { type OpenedLoggedEntries, openLoggedEntries } from "./logged-entries.ts";
export { type OpenedProofSource, openProofSource } from "./proof-source.ts";
export { type OpenedPublishedLog, openPublishedLog } from "./published-log.ts";
export { readEvidence } from "./read-evidence.ts";
export { type OpenedReconciliations, openReconciliations } from "./reconciliations.ts";
export {
  type HashIndex,
  type OpenedSearch,
  type OpenedSearchIndex,
  openHashIndex,
  openSearch,
  openSearchIndex,
} from "./search/index.ts";
export { type HubToRead, type OpenedHub, openHub, openHubToRead } from "./sharing.ts";
export type { UnreadableSharing } from "./sharing-file.ts";
export { entriesOf, type LogReport, lastTaken, logSize, readEntries, verifyLog } from "./verify-log.ts";
export { type OpenedWithdrawals, openWithdrawals } from "./withdrawals.ts";
export { startWriter } from "./writer-thread.ts";
