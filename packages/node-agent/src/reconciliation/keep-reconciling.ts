import { boundsOf, type Interval, settledIntervals } from "@xinqiao/protocol/reconciliation";
import { ok, type Result } from "@xinqiao/protocol/result";
import { single } from "@xinqiao/runtime/single";
import type { Book } from "../book/index.ts";
import type { CallError } from "../lookup/index.ts";
import type { HourReport } from "./hour-report.ts";
import type { ReconciledHours } from "./port.ts";

export interface ReconcilingDependencies {
  readonly book: Pick<Book, "begun">;
  readonly reconciled: Pick<ReconciledHours, "until" | "caughtUpTo">;
  readonly reconcile: (interval: Interval, signal: AbortSignal) => Promise<Result<HourReport, CallError>>;
  readonly now: () => number;
  readonly onReconciled: (hour: HourReport) => void;
}

export interface Reconciling {
  /** Every hour that is due, oldest first, up to the first that cannot be compared now. */
  catchUp(signal: AbortSignal): Promise<Result<void, CallError>>;
}

const hoursAtOnce = 24;

/** An agent that was away for days finds all their hours due. */
export function createReconciling({
  book,
  reconciled,
  reconcile,
  now,
  onReconciled,
}: ReconcilingDependencies): Reconciling {
  function due(): readonly Interval[] {
    const until = reconciled.until();
    const begun = book.begun();
    if (until !== undefined) return settledIntervals(boundsOf(until).to, now(), hoursAtOnce);
    return begun === undefined ? [] : settledIntervals(begun * 1000, now(), hoursAtOnce);
  }

  async function run(signal: AbortSignal): Promise<Result<void, CallError>> {
    for (let hours = due(); hours.length > 0 && !signal.aborted; hours = due()) {
      for (const interval of hours) {
        const hour = await reconcile(interval, signal);
        if (!hour.ok) return hour;
        reconciled.caughtUpTo(interval);
        onReconciled(hour.value);
      }
    }
    return ok(undefined);
  }

  return { catchUp: single(run) };
}

export interface KeepReconcilingOptions {
  readonly everySeconds: number;
  /** Told of the first of several faults in a row. */
  readonly onFault: (error: CallError) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Looks now and then which hours are due.
 * @returns what ends it
 */
export function keepReconciling(
  reconciling: Reconciling,
  { everySeconds, onFault, onError }: KeepReconcilingOptions,
): () => Promise<void> {
  const ending = new AbortController();
  let failing = false;
  let last: Promise<void> | undefined;
  const look = async () => {
    const caughtUp = await reconciling.catchUp(ending.signal);
    if (ending.signal.aborted) return;
    if (!caughtUp.ok && !failing) onFault(caughtUp.error);
    failing = !caughtUp.ok;
  };
  const begin = () => {
    last = look().catch(onError);
  };
  begin();
  const timer = setInterval(begin, everySeconds * 1000).unref();
  return async () => {
    clearInterval(timer);
    ending.abort();
    await last;
  };
}
