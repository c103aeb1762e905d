export { commit, commitmentKeyBytes, type Opening, opens } from "../commitment/index.ts";
export type { LogEntryDraft, OutcomeRowDraft } from "./draft.ts";
export { decodeEntry, encodeEntry } from "./encode.ts";
export {
  codeSchema,
  type ErasureReason,
  erasureReasons,
  type LogEntry,
  type LogEntryKind,
  logEntrySchema,
  type OutcomeRow,
  outcomeRowSchema,
  type ProofAudience,
  proofAudiences,
} from "./entry.ts";
export { maxLeafBytes, maxOutcomeRows } from "./leaf-length.ts";
export { type EntryActor, type EntryMeaning, entryMeanings } from "./meanings.ts";
export {
  appendLeaf,
  emptyFrontier,
  emptyRoot,
  type Frontier,
  frontierPlaces,
  leafHash,
  nodeHash,
  rootOf,
  type TreeNode,
} from "./merkle.ts";
export {
  type Consistency,
  consistencyProof,
  type Inclusion,
  inclusionProof,
  type NodeReader,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
export {
  answerDigest,
  answerField,
  commitmentOf,
  committedFields,
  type SealedEntry,
  sealEntry,
} from "./seal.ts";
