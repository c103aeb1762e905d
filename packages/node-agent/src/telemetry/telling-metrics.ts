import { Gauge, type Registry } from "prom-client";
import type { TellingStanding } from "../sharing/index.ts";

/** Of what the city is still to be told: what waits, and that nothing moves. */
export function createTellingMetrics(registers: Registry[], standing: () => TellingStanding): void {
  new Gauge({
    name: "xinqiao_agent_sharing_waiting",
    help: "Changes of this member's records that the city has not acknowledged",
    registers,
    collect() {
      this.set(standing().waiting);
    },
  });
  new Gauge({
    name: "xinqiao_agent_sharing_acknowledged_seconds",
    help: "When the city last acknowledged what this member tells, seconds since 1970; it is asked for hourly",
    registers,
    collect() {
      this.set(Math.floor((standing().acknowledgedAt ?? 0) / 1000));
    },
  });
}
