import { setImmediate } from "node:timers/promises";
import type { Reconciliations } from "../books/index.ts";

/** Rows dropped in one turn of the event loop. */
const sliceSize = 500;
const dayMs = 86_400_000;
/** As evidence beside the log: five years (PR-AUDIT AU-11.3). */
const keptMs = 5 * 366 * dayMs;

/** Drops comparisons that have been kept long enough, a slice at a time: exchanges go in between. */
export async function forgetReconciliations(
  kept: Pick<Reconciliations, "forget">,
  now: number,
): Promise<void> {
  while (kept.forget(now - keptMs, sliceSize) === sliceSize) await setImmediate();
}

/** Now and once a day; returns what ends it. */
export function forgetReconciliationsDaily(
  kept: Pick<Reconciliations, "forget">,
  { now, onError }: { readonly now: () => number; readonly onError: (error: unknown) => void },
): () => void {
  const begin = () => void forgetReconciliations(kept, now()).catch(onError);
  begin();
  const timer = setInterval(begin, dayMs).unref();
  return () => clearInterval(timer);
}
