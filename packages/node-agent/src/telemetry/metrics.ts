import { Counter, Gauge, Registry } from "prom-client";
import type { DeliveryStanding } from "../delivery/index.ts";
import type { TellingStanding } from "../sharing/index.ts";
import { createDeliveryMetrics } from "./delivery-metrics.ts";
import { createTellingMetrics } from "./telling-metrics.ts";
import { createWitnessMetrics } from "./witness-metrics.ts";

function bookMetrics(registers: Registry[]) {
  return {
    booksReconciled: new Gauge({
      name: "xinqiao_agent_books_reconciled_until_seconds",
      help: "End of the newest hour that was compared with the city's log, seconds since 1970",
      registers,
    }),
    bookExplained: new Counter({
      name: "xinqiao_agent_book_explained_total",
      help: "Exchanges of which this member's book and the city's log do not say the same for a reason that is proved",
      labelNames: ["explanation"],
      registers,
    }),
    bookDifferences: new Counter({
      name: "xinqiao_agent_book_differences_total",
      help: "Exchanges of which this member's book and the city's log do not say the same, by what caught them",
      labelNames: ["by"],
      registers,
    }),
  };
}

function sharingMetrics(registers: Registry[]) {
  return {
    shared: new Counter({
      name: "xinqiao_agent_shared_changes_total",
      help: "Changes of records told to the city, and heard from others",
      labelNames: ["way"],
      registers,
    }),
    revocations: new Counter({
      name: "xinqiao_agent_revocations_asked_total",
      help: "Notices by which the city has asked this member to revoke what it did",
      registers,
    }),
  };
}

function handoverMetrics(registers: Registry[]) {
  return {
    filesAnswered: new Counter({
      name: "xinqiao_agent_files_answered_total",
      help: "Files of the watched folder, by what became of them",
      labelNames: ["outcome"],
      registers,
    }),
    rowsReceived: new Counter({
      name: "xinqiao_agent_file_rows_total",
      help: "Rows of those files, by what became of them",
      labelNames: ["became"],
      registers,
    }),
    rowsPosted: new Counter({
      name: "xinqiao_agent_posted_rows_total",
      help: "Rows that the platform posted, by what became of them",
      labelNames: ["became"],
      registers,
    }),
    handoverFaults: new Gauge({
      name: "xinqiao_agent_handover_faults",
      help: "What an operator has to see to at the watched folder and files in it, now",
      registers,
    }),
  };
}

function streamMetrics(registers: Registry[]) {
  return {
    streamRows: new Counter({
      name: "xinqiao_agent_stream_rows_total",
      help: "Rows of the platform's databases and services, by what became of them",
      labelNames: ["became"],
      registers,
    }),
    streamFaults: new Gauge({
      name: "xinqiao_agent_stream_faults",
      help: "Tables and services of the platform that cannot be followed now, or wait for an operator's word",
      registers,
    }),
  };
}

/**
 * Labels are statuses and stable codes only.
 * @param withdrawalsHeard when the city's list of withdrawals was whole: seconds since 1970
 * @param standings of every delivery
 * @param telling how many changes the city has not acknowledged
 */
export function createAgentMetrics(
  withdrawalsHeard: () => number,
  standings: () => readonly DeliveryStanding[],
  telling: () => TellingStanding,
) {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: "xinqiao_agent_withdrawals_heard_seconds",
    help: "When this member last knew every withdrawn authorisation, seconds since 1970",
    registers: [registry],
    collect() {
      this.set(withdrawalsHeard());
    },
  });
  new Gauge({
    name: "xinqiao_agent_resident_bytes",
    help: "Resident memory",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  createTellingMetrics(registers, telling);
  return {
    registry,
    answers: new Counter({
      name: "xinqiao_agent_answers_total",
      help: "Answers given, by status",
      labelNames: ["status"],
      registers,
    }),
    refusals: new Counter({
      name: "xinqiao_agent_refused_requests_total",
      help: "Requests that got no answer, by code",
      labelNames: ["code"],
      registers,
    }),
    lookups: new Counter({
      name: "xinqiao_agent_lookups_total",
      help: "Lookups made for the local platform, by completeness",
      labelNames: ["complete"],
      registers,
    }),
    ...createWitnessMetrics(registers),
    ...bookMetrics(registers),
    ...sharingMetrics(registers),
    ...handoverMetrics(registers),
    ...createDeliveryMetrics(registers, standings),
    ...streamMetrics(registers),
    registryVersion: new Gauge({
      name: "xinqiao_agent_registry_version",
      help: "Version of the registry this member decides by",
      registers,
    }),
    registryEnd: new Gauge({
      name: "xinqiao_agent_registry_end_seconds",
      help: "When that version ends, seconds since 1970",
      registers,
    }),
    registryFaults: new Counter({
      name: "xinqiao_agent_registry_faults_total",
      help: "Refreshes that took nothing, by code",
      labelNames: ["code"],
      registers,
    }),
    catalogueVersion: new Gauge({
      name: "xinqiao_agent_catalogue_version",
      help: "Version of the catalogue this member decides by",
      registers,
    }),
    catalogueFaults: new Counter({
      name: "xinqiao_agent_catalogue_faults_total",
      help: "Refreshes that took nothing, by code",
      labelNames: ["code"],
      registers,
    }),
  };
}

export type AgentMetrics = ReturnType<typeof createAgentMetrics>;
