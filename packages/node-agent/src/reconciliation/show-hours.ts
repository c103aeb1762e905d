import {
  boundsOf,
  type Interval,
  intervalAt,
  intervalSchema,
  settledIntervals,
} from "@xinqiao/protocol/reconciliation";
import { ok, type Result } from "@xinqiao/protocol/result";
import { z } from "zod";
import type { CallError } from "../lookup/index.ts";
import { type HourReport, hourReportSchema } from "./hour-report.ts";
import type { Reconciling } from "./keep-reconciling.ts";
import type { ReconciledHours } from "./port.ts";
import { type ReconcileDependencies, reconcileHour } from "./reconcile-hour.ts";

/** Which hours to compare again and show; without any what is due is compared, and the last day shown. */
export const shownSchema = z.strictObject({
  from: intervalSchema.optional(),
  to: intervalSchema.optional(),
});
export type Shown = z.infer<typeof shownSchema>;

/** What was shown, as the local API says it. */
export const shownHoursSchema = z.object({ hours: z.array(hourReportSchema) });

export interface ShowDependencies {
  readonly hours: ReconcileDependencies;
  readonly reconciling: Reconciling;
  readonly reconciled: ReconciledHours;
  readonly now: () => number;
}

const dayMs = 86_400_000;
/** A month in one call; more is asked for in several. */
const mostHours = 31 * 24;

export async function showHours(
  { from, to }: Shown,
  deps: ShowDependencies,
  gone: AbortSignal,
): Promise<Result<{ readonly hours: readonly HourReport[] }, CallError>> {
  if (from !== undefined || to !== undefined) return compareAgain(from ?? to, to, deps, gone);
  const caughtUp = await deps.reconciling.catchUp(gone);
  if (!caughtUp.ok) return caughtUp;
  const now = deps.now();
  const kept = deps.reconciled.between(intervalAt(now - dayMs), intervalAt(now));
  return ok({ hours: kept.map(({ detail }) => hourReportSchema.parse(JSON.parse(detail))) });
}

async function compareAgain(
  from: Interval | undefined,
  to: Interval | undefined,
  { hours: deps, now }: ShowDependencies,
  gone: AbortSignal,
): Promise<Result<{ readonly hours: readonly HourReport[] }, CallError>> {
  const hours: HourReport[] = [];
  const begin = from === undefined ? now() : boundsOf(from).from;
  for (const interval of settledIntervals(begin, now(), mostHours)) {
    if (to !== undefined && interval > to) break;
    const hour = await reconcileHour(interval, deps, gone);
    if (!hour.ok) return hour;
    hours.push(hour.value);
  }
  return ok({ hours });
}
