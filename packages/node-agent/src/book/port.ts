import type { NodeId } from "@xinqiao/protocol/identity";
import type { BookEntry, Interval, Side } from "@xinqiao/protocol/reconciliation";

/** Where the gateway's reply says that an exchange stands in the log. */
export interface LogPlace {
  /** Of the intent; absent for a refusal, which is one entry. */
  readonly intent?: number;
  /** Of the outcome, or of the refusal. */
  readonly entry: number;
  readonly size: number;
  readonly root: string;
}

/** An exchange of this member, as it is kept: whom it was about, and what was found, is not. */
export interface BookLine {
  readonly side: Side;
  readonly exchange: string;
  /** When this member signed the request, or the answer: whole seconds since 1970. */
  readonly at: number;
  readonly requester: NodeId;
  readonly purpose: string;
  /** `unanswered`: asked, and no reply came that tells of an entry in the log. */
  readonly status: BookEntry["status"] | "unanswered";
  /** Of what was told, or of the answer; null while nothing was told. */
  readonly digest: string | null;
  readonly place: LogPlace | null;
}

export type Asking = Pick<BookLine, "exchange" | "at" | "requester" | "purpose">;
export type Told = Pick<BookLine, "status" | "digest" | "place">;

/** What this member asked and answered, as it knows itself. Throws `book.unavailable` when it cannot be written. */
export interface Book {
  /** A lookup that is about to leave; what comes of it is written into its line. */
  asking(line: Asking): { told(what: Told): void };
  /** An answer that is about to leave. */
  answered(line: Asking & Told): void;
  /** Resolves when everything written so far is on the disk. */
  durable(): Promise<void>;
  /** The lines of one hour. */
  lines(interval: Interval): readonly BookLine[];
  /** The book is whole from now on (milliseconds since 1970), unless it has been longer. */
  begin(now: number): void;
  /** The second from which it is whole, since 1970; nothing before an agent has served. */
  begun(): number | undefined;
  /** Drops some lines from before an instant (seconds since 1970); how many. */
  forget(before: number, limit: number): number;
}
