import type { Logger } from "@xinqiao/runtime/logging";
import type { HandoverEvents } from "../handover/index.ts";
import type { AgentMetrics } from "./metrics.ts";

/** What becomes of files that are handed over: their names and counts, never what they say. */
export function createHandoverEvents(logger: Logger, metrics: AgentMetrics): Omit<HandoverEvents, "failed"> {
  return {
    fileAnswered(file, answered) {
      const { outcome } = answered;
      metrics.filesAnswered.inc({ outcome });
      const level = outcome === "taken" ? "info" : "warn";
      if (answered.outcome === "refused") {
        logger[level]({ event: "file-answered", file, outcome, code: answered.code });
        return;
      }
      const { received: _all, ...parts } = answered.counts;
      for (const [became, rows] of Object.entries(parts)) metrics.rowsReceived.inc({ became }, rows);
      logger[level]({ event: "file-answered", file, outcome, item: answered.item, ...answered.counts });
    },
    handoverFault({ code, ...about }) {
      logger.error({ event: "handover-fault", code, ...about });
    },
    handoverFaults(count) {
      metrics.handoverFaults.set(count);
    },
  };
}
