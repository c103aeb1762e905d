import type { Logger } from "@xinqiao/runtime/logging";
import type { SharingEvents } from "../sharing/index.ts";
import type { AgentMetrics } from "./metrics.ts";

/** What becomes of shared records: counts, never what they say or whose they are. */
export function createSharingEvents(logger: Logger, metrics: AgentMetrics): Omit<SharingEvents, "failed"> {
  return {
    published({ pages, changes }) {
      metrics.shared.inc({ way: "told" }, changes);
      logger.info({ event: "published", pages, changes });
    },
    received({ pages, changes }) {
      metrics.shared.inc({ way: "heard" }, changes);
      logger.info({ event: "received", pages, changes });
    },
    sharingFault(way, reason) {
      const { code, detail } = reason.by === "agent" ? reason.fault : reason.problem;
      logger.warn({ event: "sharing-fault", way, code, detail });
    },
    brokenPage(source, { code, detail }) {
      logger.error({ event: "broken-page", source, code, detail });
    },
    tooLong(item) {
      logger.error({ event: "record-too-long", item });
    },
  };
}
