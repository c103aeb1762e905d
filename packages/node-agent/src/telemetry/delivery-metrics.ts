import { Counter, Gauge, type Registry } from "prom-client";
import type { DeliveryStanding } from "../delivery/index.ts";

/**
 * Of copies on their way to the member's own platform.
 * @param standings of every delivery, now
 */
export function createDeliveryMetrics(registers: Registry[], standings: () => readonly DeliveryStanding[]) {
  const labelNames = ["delivery"];
  // Registered, and so collected, behind the one that asks for both: what waits is counted.
  const dead = new Gauge({
    name: "xinqiao_agent_delivery_dead_letters",
    help: "Records that a platform does not take",
    labelNames,
    registers: [],
  });
  new Gauge({
    name: "xinqiao_agent_delivery_waiting",
    help: "Changes of copies that a platform has not taken yet",
    labelNames,
    registers,
    collect() {
      this.reset();
      dead.reset();
      for (const each of standings()) {
        this.set({ delivery: each.name }, each.waiting);
        dead.set({ delivery: each.name }, each.dead);
      }
    },
  });
  for (const registry of registers) registry.registerMetric(dead);
  return {
    delivered: new Counter({
      name: "xinqiao_agent_delivered_changes_total",
      help: "Changes of copies that a platform has taken",
      labelNames,
      registers,
    }),
  };
}
