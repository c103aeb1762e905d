export type {
  Allowance,
  AppendError,
  Appended,
  AuditLog,
  AuthorisationId,
  LogContradiction,
  LogEnd,
  LogFailure,
  NonceClaim,
  SpendError,
} from "./audit-log.ts";
export type {
  AgingLog,
  CheckpointKeeper,
  KeptCheckpoint,
  LogArchiving,
  PublishedLog,
} from "./checkpoints.ts";
export {
  caseField,
  caseTag,
  type Erasure,
  type Evidence,
  type KeptBeside,
  type KeptEvidence,
  keptBeside,
  type LateEvidence,
  nobodysTag,
  openedValue,
  type ReadEvidence,
  type SubjectTag,
  subjectTags,
  type TagOf,
} from "./evidence.ts";
export { firstSince } from "./first-since.ts";
export {
  createMemoryAuditLog,
  emptyLogState,
  type MemoryAuditLog,
  type MemoryAuditLogOptions,
  type MemoryLogState,
} from "./memory-audit-log.ts";
export type { IndexedLeaf, ProofSource, TakenKind } from "./proof-source.ts";
export type { WithdrawalList, WithdrawnAuthorisation } from "./withdrawals.ts";
