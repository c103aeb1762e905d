import type { PublishedCatalogue } from "@xinqiao/protocol/catalogue";
import type { OpenedExchange, Question } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Registry } from "@xinqiao/protocol/registry";
import type { Logger } from "@xinqiao/runtime/logging";
import type { SignedAnswer } from "../answer/index.ts";
import type { DeliveryEvents, DeliveryStanding } from "../delivery/index.ts";
import type { RevocationEvents } from "../feedback/index.ts";
import type { HandoverEvents } from "../handover/index.ts";
import type { SharingEvents, TellingStanding } from "../sharing/index.ts";
import type { InvalidRows } from "../source/index.ts";
import type { StreamEvents } from "../streams/index.ts";
import type { KeptEvidence } from "../witness/index.ts";
import { type BookEvents, createBookEvents } from "./book-events.ts";
import { type CaseEvents, createCaseEvents } from "./case-events.ts";
import { createDeliveryEvents } from "./delivery-events.ts";
import { createHandoverEvents, type PostedEvents } from "./handover-events.ts";
import { createAgentMetrics } from "./metrics.ts";
import { type CopiesEvents, createSharingEvents } from "./sharing-events.ts";
import { createStreamEvents } from "./stream-events.ts";

interface Ids {
  readonly traceId?: string | undefined;
  readonly requestId?: string | undefined;
}

/** One function a business event: a log line and a metric, neither with personal data. */
export interface AgentEvents
  extends BookEvents,
    SharingEvents,
    RevocationEvents,
    CopiesEvents,
    DeliveryEvents,
    HandoverEvents,
    PostedEvents,
    CaseEvents,
    StreamEvents {
  answered(question: Question, answer: SignedAnswer, traceId: string): void;
  refused(reason: Fault, ids: Ids): void;
  lookedUp(exchange: OpenedExchange, traceId: string): void;
  /** An authorisation was signed for a subject; nothing here says for whom. */
  authorised(id: string, traceId: string): void;
  withdrawn(id: string, traceId: string): void;
  /** The city does not say which authorisations were withdrawn: soon none counts here. The first of a row. */
  withdrawalsFault(reason: Fault): void;
  /** Rows of a live source that are no valid records: left out of the answer, never silently. */
  invalidRows(rows: InvalidRows): void;
  registryTaken(registry: Registry): void;
  /** A version of another city's registry that was not taken: what is held of it stays. */
  peerFault(city: NodeId, reason: Fault): void;
  /** A version of another city's registry. */
  peerTaken(registry: Registry): void;
  /** A version that was not taken: the one held stays. `registry.rolled-back` and `registry.forked` are alarms. */
  registryFault(reason: Fault): void;
  catalogueTaken(catalogue: PublishedCatalogue): void;
  catalogueFault(reason: Fault): void;
  /** This member signs with the key that followed its old one. */
  keyChanged(keyId: string): void;
  cosigned(size: number): void;
  /** The city's log contradicts what it has signed before: both checkpoints are named, and kept. */
  logAlarm(evidence: KeptEvidence): void;
  failed(error: unknown): void;
  metrics(): Promise<string>;
  readonly metricsType: string;
}

export function createAgentEvents(
  logger: Logger,
  withdrawalsHeard: () => number,
  standings: () => readonly DeliveryStanding[] = () => [],
  telling: () => TellingStanding = () => ({ waiting: 0, acknowledgedAt: undefined }),
): AgentEvents {
  const metrics = createAgentMetrics(withdrawalsHeard, standings, telling);
  return {
    answered({ exchange, requester, purpose }, { status, refusal, recordCount }, traceId) {
      metrics.answers.inc({ status });
      const why = refusal && { code: refusal.code, rule: refusal.rule };
      logger.info({ event: "answered", exchange, requester, purpose, status, recordCount, traceId, ...why });
    },
    refused(reason, ids) {
      metrics.refusals.inc({ code: reason.code });
      logger.warn({ event: "refused", code: reason.code, skewSeconds: reason.facts?.skewSeconds, ...ids });
    },
    lookedUp({ exchange, complete, results }, traceId) {
      metrics.lookups.inc({ complete: String(complete) });
      logger.info({ event: "looked-up", exchange, complete, rows: results.length, traceId });
    },
    authorised(id, traceId) {
      logger.info({ event: "authorised", authorisation: id, traceId });
    },
    withdrawn(id, traceId) {
      logger.info({ event: "withdrawn", authorisation: id, traceId });
    },
    withdrawalsFault({ code, detail }) {
      logger.warn({ event: "withdrawals-fault", code, detail });
    },
    invalidRows(rows) {
      logger.warn({ event: "invalid-rows", ...rows });
    },
    registryTaken({ document: { version, exp }, hash }) {
      metrics.registryVersion.set(version);
      metrics.registryEnd.set(exp);
      logger.info({ event: "registry-taken", version, hash });
    },
    peerFault(city, { code, facts }) {
      metrics.registryFaults.inc({ code });
      logger.warn({ event: "peer-fault", city, code, ...facts });
    },
    peerTaken({ document: { iss, version }, hash }) {
      logger.info({ event: "peer-taken", city: iss, version, hash });
    },
    registryFault({ code, facts }) {
      metrics.registryFaults.inc({ code });
      logger.warn({ event: "registry-fault", code, ...facts });
    },
    catalogueTaken({ document: { version }, hash }) {
      metrics.catalogueVersion.set(version);
      logger.info({ event: "catalogue-taken", version, hash });
    },
    catalogueFault({ code, facts }) {
      metrics.catalogueFaults.inc({ code });
      logger.warn({ event: "catalogue-fault", code, ...facts });
    },
    keyChanged(keyId) {
      logger.info({ event: "key-changed", keyId });
    },
    cosigned(size) {
      metrics.cosignedSize.set(size);
    },
    logAlarm({ kind, held, offered }) {
      metrics.logAlarms.inc({ kind });
      logger.error({ event: "log-alarm", kind, held, offered });
    },
    ...createBookEvents(logger, metrics),
    ...createSharingEvents(logger, metrics),
    ...createCaseEvents(logger),
    ...createHandoverEvents(logger, metrics),
    ...createDeliveryEvents(logger, metrics),
    ...createStreamEvents(logger, metrics),
    failed(error) {
      logger.error({ event: "failed", error: error instanceof Error ? error.stack : "unknown" });
    },
    metrics: () => metrics.registry.metrics(),
    metricsType: metrics.registry.contentType,
  };
}
