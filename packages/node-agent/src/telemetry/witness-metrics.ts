import { Counter, Gauge, type Registry } from "prom-client";

/** Of the city's log, as this member has seen it. */
export function createWitnessMetrics(registers: Registry[]) {
  return {
    cosignedSize: new Gauge({
      name: "xinqiao_agent_cosigned_entries",
      help: "Entries of the newest checkpoint of the city's log that this member has cosigned",
      registers,
    }),
    logAlarms: new Counter({
      name: "xinqiao_agent_log_alarms_total",
      help: "Checkpoints of the city's log that contradict what it had signed before",
      labelNames: ["kind"],
      registers,
    }),
  };
}
