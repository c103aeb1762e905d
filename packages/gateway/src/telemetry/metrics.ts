import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { createLogMetrics } from "./log-metrics.ts";
import { createSharingMetrics } from "./sharing-metrics.ts";

const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

function bookMetrics(registers: Registry[]) {
  return {
    booksReconciled: new Gauge({
      name: "xinqiao_books_reconciled_until_seconds",
      help: "End of the newest hour that a member has reconciled, seconds since 1970",
      labelNames: ["member"],
      registers,
    }),
    bookExplained: new Counter({
      name: "xinqiao_book_explained_total",
      help: "Exchanges of which a member's book and the log do not say the same for a reason that is known",
      labelNames: ["member", "explanation"],
      registers,
    }),
    bookDifferences: new Counter({
      name: "xinqiao_book_differences_total",
      help: "Exchanges of which a member's book and the log do not say the same",
      labelNames: ["member"],
      registers,
    }),
  };
}

/** Labels are node ids, statuses and stable codes only: bounded by the federation, never by its traffic. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: "xinqiao_requests_total",
      help: "Requests by outcome code (ok, or the code of the refusal)",
      labelNames: ["code"],
      registers,
    }),
    exchangeSeconds: new Histogram({
      name: "xinqiao_exchange_seconds",
      help: "Time from a verified lookup to its reply",
      labelNames: ["complete"],
      buckets: seconds,
      registers,
    }),
    rows: new Counter({
      name: "xinqiao_result_rows_total",
      help: "Result rows by target node and status",
      labelNames: ["node", "status"],
      registers,
    }),
    rowSeconds: new Histogram({
      name: "xinqiao_target_seconds",
      help: "Time a target took",
      labelNames: ["node"],
      buckets: seconds,
      registers,
    }),
    breakerOpen: new Gauge({
      name: "xinqiao_breaker_state",
      help: "Circuit to a target: 0 closed, 1 half-open, 2 open",
      labelNames: ["node"],
      registers,
    }),
    ...createLogMetrics(registers),
    sharing: createSharingMetrics(registers),
    registryEnd: new Gauge({
      name: "xinqiao_registry_end_seconds",
      help: "When the registry decided by ends, seconds since 1970",
      registers,
    }),
    catalogueVersion: new Gauge({
      name: "xinqiao_catalogue_version",
      help: "Version of the catalogue decided by",
      registers,
    }),
    ...bookMetrics(registers),
    inFlight: new Gauge({ name: "xinqiao_requests_in_flight", help: "Requests in progress", registers }),
    residentBytes: new Gauge({
      name: "xinqiao_resident_bytes",
      help: "Resident memory",
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
