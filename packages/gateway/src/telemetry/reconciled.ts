import { boundsOf } from "@xinqiao/protocol/reconciliation";
import type { Logger } from "@xinqiao/runtime/logging";
import type { GatewayEvents } from "./events.ts";
import type { Metrics } from "./metrics.ts";

/** A difference is for the operator to see at once: the city's log is not what a member knows it to be. */
export function createReconciledEvent(logger: Logger, metrics: Metrics): GatewayEvents["reconciled"] {
  return ({ statement: { member, interval }, differences, explained, explanations }, ids) => {
    metrics.requests.inc({ code: "reconciled" });
    if (differences !== null) {
      metrics.booksReconciled.set({ member }, boundsOf(interval).to / 1000);
      metrics.bookDifferences.inc({ member }, differences);
    }
    for (const explanation of explanations) metrics.bookExplained.inc({ member, explanation });
    const level = differences === 0 ? "info" : "warn";
    logger[level]({ event: "reconciled", ...ids, interval, differences, explained });
  };
}
