export { type AuditLogOptions, openAuditLog } from "./audit-log.ts";
export { entriesOf, type LogReport, readEntries, verifyLog } from "./verify-log.ts";
