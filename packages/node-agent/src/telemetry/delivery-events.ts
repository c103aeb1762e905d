import type { Logger } from "@xinqiao/runtime/logging";
import type { DeliveryEvents } from "../delivery/index.ts";
import type { AgentMetrics } from "./metrics.ts";

/** What becomes of copies on their way to the platform: names, items and counts, never whose records they are. */
export function createDeliveryEvents(logger: Logger, metrics: AgentMetrics): Omit<DeliveryEvents, "failed"> {
  return {
    delivered(delivery, changes) {
      metrics.delivered.inc({ delivery }, changes);
      logger.info({ event: "delivered", delivery, changes });
    },
    deliveryFault(delivery, { code, reason }) {
      logger.warn({ event: "delivery-fault", delivery, code, reason });
    },
    deadLetter(delivery, { source, item, reason }) {
      logger.error({ event: "dead-letter", delivery, source, item, reason });
    },
  };
}
