import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntry } from "@xinqiao/protocol/log";
import type { BookSummary, Interval } from "@xinqiao/protocol/reconciliation";

export interface LoggedEntry {
  readonly index: number;
  readonly leaf: string;
  readonly entry: LogEntry;
  /** What opens the commitment to an answer, as it is kept. */
  opening(jurisdiction: string): { readonly key: string; readonly value: string } | undefined;
  /**
   * Digest of the answer that an outcome commits to, by jurisdiction; undefined when what opens the commitment
   * is gone. A value kept beside the entry that does not open it is none of its own: the commitment is handed out
   * in its place, which no answer has for a digest.
   */
  answer(jurisdiction: string): string | undefined;
}

/** The log as reconciliation reads it. */
export interface LoggedEntries {
  /** Those written from one instant up to another (milliseconds since 1970), a slice at a time: no slice holds up a request. */
  between(from: number, to: number): AsyncIterable<readonly LoggedEntry[]>;
  /** Those of one exchange. */
  of(exchange: string): readonly LoggedEntry[];
  /** The first entry after another by which evidence was destroyed. */
  erasureAfter(index: number): Pick<LoggedEntry, "index" | "leaf"> | undefined;
  /** The newest checkpoint that the log has signed, as a note. */
  checkpoint(): string | undefined;
}

/** One comparison, as it was made. */
export interface KeptReconciliation {
  readonly member: NodeId;
  readonly interval: Interval;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The member's signed statement, the gateway's, and its signed report: none while the member has yet to name differences. */
  readonly stated: string;
  readonly logged: string;
  readonly report: string | null;
  readonly differences: number | null;
  readonly explained: number;
}

/** Every comparison, kept for its time: one that agrees does not hide one that did not. */
export interface Reconciliations {
  keep(reconciliation: KeptReconciliation): void;
  /** Newest first. */
  list(asked: {
    readonly member?: NodeId | undefined;
    readonly limit: number;
  }): readonly KeptReconciliation[];
  /** The newest hour that each member has reconciled. */
  newest(): ReadonlyMap<NodeId, Interval>;
  /** Drops some of what was compared before an instant (milliseconds since 1970), and of the hours before it; how much. */
  forget(before: number, limit: number): number;
}

/** What hours of the log came to, by member, when they were read first. Counts and digests of digests: no line of a book. */
export interface Summaries {
  /** Nothing when the hour was never read; an empty book for a member that had none. */
  of(interval: Interval, member: NodeId): BookSummary | undefined;
  /** One that was kept before stays. */
  keep(interval: Interval, books: ReadonlyMap<NodeId, BookSummary>): void;
}
