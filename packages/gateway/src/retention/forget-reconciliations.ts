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
