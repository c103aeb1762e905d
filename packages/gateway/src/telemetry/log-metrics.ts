import { Counter, Gauge, type Registry } from "prom-client";

/** Of the audit log and those who watch it. */
export function createLogMetrics(registers: Registry[]) {
  return {
    logSize: new Gauge({ name: "xinqiao_log_entries", help: "Entries in the audit log", registers }),
    searchSize: new Gauge({
      name: "xinqiao_search_entries",
      help: "Entries of the audit log that its search index has",
      registers,
    }),
    alerts: new Counter({
      name: "xinqiao_use_alerts_total",
      help: "Alerts about unusual use, by rule",
      labelNames: ["rule"],
      registers,
    }),
    logHealthy: new Gauge({
      name: "xinqiao_log_writable",
      help: "1 when the audit log accepts entries",
      registers,
    }),
    logDaysLeft: new Gauge({
      name: "xinqiao_log_days_left",
      help: "Days until the disk is full for the log, as it has grown over the last seven; -1 when it does not grow",
      registers,
    }),
    logAlarms: new Counter({
      name: "xinqiao_log_alarms_total",
      help: "Witnesses that hold a head this log never had",
      labelNames: ["node"],
      registers,
    }),
    checkpointSize: new Gauge({
      name: "xinqiao_log_checkpoint_entries",
      help: "Entries that the newest signed checkpoint covers",
      registers,
    }),
    quorumTime: new Gauge({
      name: "xinqiao_log_quorum_seconds",
      help: "When the newest checkpoint that enough organisations cosigned had reached its quorum, seconds since 1970",
      registers,
    }),
    witnessTime: new Gauge({
      name: "xinqiao_witness_cosigned_seconds",
      help: "When a witness cosigned last, seconds since 1970",
      labelNames: ["node"],
      registers,
    }),
  };
}
