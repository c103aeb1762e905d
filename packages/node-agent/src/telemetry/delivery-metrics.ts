import { Counter, Gauge, type Registry } from "prom-client";
import type { DeliveryStanding } from "../delivery/index.ts";

/**
 * Of copies on their way to the member's own platform.
 * @param standings of every delivery, now
 */
export function createDeliveryMetrics(registers: Registry[], standings: () => readonly DeliveryStanding[]) {
  const labelNames = ["delivery"];
  const collectedBy = (of: (standing: DeliveryStanding) => number) =>
    function collect(this: Gauge): void {
      this.reset();
      for (const each of standings()) this.set({ delivery: each.name }, of(each));
    };
  new Gauge({
    name: "xinqiao_agent_delivery_waiting",
    help: "Changes of copies that a platform has not taken yet",
    labelNames,
    registers,
    collect: collectedBy(({ waiting }) => waiting),
  });
  new Gauge({
    name: "xinqiao_agent_delivery_dead_letters",
    help: "Records that a platform does not take",
    labelNames,
    registers,
    collect: collectedBy(({ dead }) => dead),
  });
  return {
    delivered: new Counter({
      name: "xinqiao_agent_delivered_changes_total",
      help: "Changes of copies that a platform has taken",
      labelNames,
      registers,
    }),
  };
}
