import type { ReadEvidence } from "./evidence.ts";

/** An entry's leaf with its place. */
export interface IndexedLeaf {
  readonly index: number;
  readonly leaf: string;
}

export type TakenKind = "registry.taken" | "peer.taken" | "changes.taken";

/** What exchanges are proved from, beside the tree. */
export interface ProofSource {
  /** Oldest first. */
  entriesOf(exchange: string): readonly IndexedLeaf[];
  /** By which versions of registries, or pages of changes, were taken, before an entry: newest first, as far as they are asked for. */
  taken(kind: TakenKind, before: number): Iterable<IndexedLeaf>;
  evidence(index: number): ReadEvidence;
}
