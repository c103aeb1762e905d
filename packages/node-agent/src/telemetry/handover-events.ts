import { maskNumbersIn } from "@xinqiao/protocol/identity";
import type { Logger } from "@xinqiao/runtime/logging";
import type { HandoverEvents } from "../handover/index.ts";
import type { Receipt } from "../intake/index.ts";
import type { AgentMetrics } from "./metrics.ts";

export interface PostedEvents {
  /** Rows that the platform posted were taken in; not called again when it repeats them. */
  rowsTaken(receipt: Receipt): void;
}

/** What becomes of files and rows that are handed over: names and counts, never what they say. */
export function createHandoverEvents(
  logger: Logger,
  metrics: AgentMetrics,
): Omit<HandoverEvents, "failed"> & PostedEvents {
  return {
    fileAnswered(name, answered) {
      const file = maskNumbersIn(name);
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
    rowsTaken({ reference, item, import: id, received, accepted, unchanged, quarantined, duplicates }) {
      const parts = { accepted, unchanged, quarantined, duplicates };
      for (const [became, rows] of Object.entries(parts)) metrics.rowsPosted.inc({ became }, rows);
      const level = quarantined === 0 ? "info" : "warn";
      logger[level]({ event: "rows-taken", reference, item, import: id, received, ...parts });
    },
    handoverFault({ code, file, ...about }) {
      const named = file === undefined ? {} : { file: maskNumbersIn(file) };
      logger.error({ event: "handover-fault", code, ...named, ...about });
    },
    handoverFaults(count) {
      metrics.handoverFaults.set(count);
    },
  };
}
