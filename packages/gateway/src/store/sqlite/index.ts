export { type AuditLogOptions, openAuditLog } from "./audit-log.ts";
export { type LogReport, readEntries, verifyLog } from "./verify-log.ts";
