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

export interface ReconciledHours {
  keep(hour: ReconciledHour): void;
  newest(): ReconciledHour | undefined;
  between(from: Interval, to: Interval): readonly ReconciledHour[];
}
