import type { Logger } from "@xinqiao/runtime/logging";
import type { StreamEvents } from "../streams/index.ts";
import type { AgentMetrics } from "./metrics.ts";

/** What becomes of rows of the platform's databases and services: names and counts, never what they say. */
export function createStreamEvents(logger: Logger, metrics: AgentMetrics): Omit<StreamEvents, "failed"> {
  return {
    streamTaken(stream, { received, accepted, unchanged, quarantined, duplicates }) {
      const parts = { accepted, unchanged, quarantined, duplicates };
      for (const [became, rows] of Object.entries(parts)) metrics.streamRows.inc({ became }, rows);
      const level = quarantined === 0 ? "info" : "warn";
      logger[level]({ event: "stream-taken", stream, received, ...parts });
    },
    streamFault(stream, { code, ...about }) {
      logger.error({ event: "stream-fault", stream, code, ...about });
    },
    streamFaults(count) {
      metrics.streamFaults.set(count);
    },
  };
}
