import type { OpenedExchange, Question } from "@xinqiao/protocol/exchange";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Registry } from "@xinqiao/protocol/registry";
import type { Logger } from "@xinqiao/runtime/logging";
import { Counter, Gauge, Registry as MetricsRegistry } from "prom-client";
import type { SignedAnswer } from "../answer/index.ts";
import type { InvalidRows } from "../source/index.ts";

interface Ids {
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
}

/** One function a business event: a log line and a metric, neither with personal data. */
export interface AgentEvents {
  answered(question: Question, answer: SignedAnswer, traceId: string): void;
  refused(reason: Fault, ids: Ids): void;
  lookedUp(exchange: OpenedExchange, traceId: string): void;
  /** Rows of a live source that are no valid records: left out of the answer, never silently. */
  invalidRows(rows: InvalidRows): void;
  registryTaken(registry: Registry): void;
  /** A version that was not taken: the one held stays. `registry.rolled-back` and `registry.forked` are alarms. */
  registryFault(reason: Fault): void;
  failed(error: unknown): void;
  metrics(): Promise<string>;
  readonly metricsType: string;
}

export function createAgentEvents(logger: Logger): AgentEvents {
  const registry = new MetricsRegistry();
  const answers = new Counter({
    name: "xinqiao_agent_answers_total",
    help: "Answers given, by status",
    labelNames: ["status"],
    registers: [registry],
  });
  const refusals = new Counter({
    name: "xinqiao_agent_refused_requests_total",
    help: "Requests that got no answer, by code",
    labelNames: ["code"],
    registers: [registry],
  });
  const lookups = new Counter({
    name: "xinqiao_agent_lookups_total",
    help: "Lookups made for the local platform, by completeness",
    labelNames: ["complete"],
    registers: [registry],
  });
  const registryVersion = new Gauge({
    name: "xinqiao_agent_registry_version",
    help: "Version of the registry this member decides by",
    registers: [registry],
  });
  const registryEnd = new Gauge({
    name: "xinqiao_agent_registry_end_seconds",
    help: "When that version ends, seconds since 1970",
    registers: [registry],
  });
  const registryFaults = new Counter({
    name: "xinqiao_agent_registry_faults_total",
    help: "Refreshes that took nothing, by code",
    labelNames: ["code"],
    registers: [registry],
  });
  new Gauge({
    name: "xinqiao_agent_resident_bytes",
    help: "Resident memory",
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    answered({ exchange, requester, purpose }, { status, refusal, recordCount }, traceId) {
      answers.inc({ status });
      const why = refusal && { code: refusal.code, rule: refusal.rule };
      logger.info({ event: "answered", exchange, requester, purpose, status, recordCount, traceId, ...why });
    },
    refused(reason, ids) {
      refusals.inc({ code: reason.code });
      logger.warn({ event: "refused", code: reason.code, skewSeconds: reason.facts?.skewSeconds, ...ids });
    },
    lookedUp({ exchange, complete, results }, traceId) {
      lookups.inc({ complete: String(complete) });
      logger.info({ event: "looked-up", exchange, complete, rows: results.length, traceId });
    },
    invalidRows(rows) {
      logger.warn({ event: "invalid-rows", ...rows });
    },
    registryTaken({ document: { version, exp }, hash }) {
      registryVersion.set(version);
      registryEnd.set(exp);
      logger.info({ event: "registry-taken", version, hash });
    },
    registryFault({ code, facts }) {
      registryFaults.inc({ code });
      logger.warn({ event: "registry-fault", code, ...facts });
    },
    failed(error) {
      logger.error({ event: "failed", error: error instanceof Error ? error.stack : "unknown" });
    },
    metrics: () => registry.metrics(),
    metricsType: registry.contentType,
  };
}
