export type { AppendError, Appended, AuditLog, NonceClaim } from "./audit-log.ts";
