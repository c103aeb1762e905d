export type { AppendError, Appended, AuditLog, NonceClaim } from "./audit-log.ts";
export {
  createMemoryAuditLog,
  type MemoryAuditLog,
  type MemoryAuditLogOptions,
  type MemoryLogState,
} from "./memory-audit-log.ts";
