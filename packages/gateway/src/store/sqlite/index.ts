export { type AuditLogOptions, openAuditLog } from "./audit-log.ts";
export { type OpenedPublishedLog, openPublishedLog } from "./published-log.ts";
export {
  type HashIndex,
  type OpenedSearch,
  type OpenedSearchIndex,
  openHashIndex,
  openSearch,
  openSearchIndex,
} from "./search/index.ts";
export { entriesOf, type LogReport, lastTaken, readEntries, verifyLog } from "./verify-log.ts";
export { type OpenedWithdrawals, openWithdrawals } from "./withdrawals.ts";
