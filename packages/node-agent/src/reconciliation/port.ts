import type { Interval } from "@xinqiao/protocol/reconciliation";

/** What became of one hour. */
export interface ReconciledHour {
  readonly interval: Interval;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly differences: number;
  readonly explained: number;
  /** The gateway's signed statement and report. */
  readonly statement: string;
  readonly report: string;
  /** All of it, as the JSON of an `HourReport`. */
  readonly detail: string;
}

/** Every comparison is kept: one that agrees does not take the place of one that did not. */
export interface ReconciledHours {
  keep(hour: ReconciledHour): void;
  /** Up to and with which hour every one that was due has been compared. */
  until(): Interval | undefined;
  /** For catching up alone: an hour compared by hand leaves those before it due. Never back. */
  caughtUpTo(interval: Interval): void;
  newest(): ReconciledHour | undefined;
  /** In order, an hour's comparisons from the first to the last. */
  between(from: Interval, to: Interval): readonly ReconciledHour[];
}
