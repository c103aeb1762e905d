import { boundsOf } from "@xinqiao/protocol/reconciliation";
import type { Logger } from "@xinqiao/runtime/logging";
import type { CallError } from "../lookup/index.ts";
import type { HourReport } from "../reconciliation/index.ts";
import type { createAgentMetrics } from "./metrics.ts";

export interface BookEvents {
  /** An hour of the book was compared with the city's log. A difference is an alarm. */
  reconciled(hour: HourReport): void;
  /** Hours are due that cannot be compared now. The first of a row. */
  reconcilingFault(error: CallError): void;
}

/** Differences of one hour that get a line each; the report has them all. */
const mostLogged = 20;

export function createBookEvents(logger: Logger, metrics: ReturnType<typeof createAgentMetrics>): BookEvents {
  return {
    reconciled({ interval, differences, explained, findings, here, there, log, words, proved }) {
      metrics.booksReconciled.set(boundsOf(interval).to / 1000);
      const caught = findings.filter(({ explanation }) => explanation === undefined);
      for (const { by } of caught) metrics.bookDifferences.inc({ by });
      for (const { explanation } of findings)
        if (explanation !== undefined) metrics.bookExplained.inc({ explanation });
      if (log === "contradicts") metrics.bookDifferences.inc({ by: "consistency" });
      if (words === "contradict") metrics.bookDifferences.inc({ by: "statement" });
      const counts = [here, there].map(({ asked, answered }) => [asked.count, answered.count]);
      const level = differences === 0 ? "info" : "error";
      logger[level]({ event: "reconciled", interval, differences, explained, proved, log, words, counts });
      for (const { exchange, side, how, by } of caught.slice(0, mostLogged))
        logger.error({ event: "book-difference", interval, exchange, side, how, by });
    },
    reconcilingFault(error) {
      const { code } = error.by === "agent" ? error.fault : error.problem;
      logger.warn({ event: "reconciling-fault", code });
    },
  };
}
