import type { Alert } from "@xinqiao/protocol/audit";
import type { WithdrawalReceipt } from "@xinqiao/protocol/authorisation";
import type { Exchange } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Code, type Fault, fault, statusOf } from "@xinqiao/protocol/problem";
import type { Logger } from "@xinqiao/runtime/logging";
import type { Compared } from "../books/index.ts";
import type { LimitedBook } from "../limit/index.ts";
import type { AuditLog, NonceClaim } from "../log/index.ts";
import type { WitnessAlarm } from "../witnesses/index.ts";
import type { Metrics } from "./metrics.ts";
import { createReconciledEvent } from "./reconciled.ts";

/** What identifies a request in every book: never who or what it is about. */
export interface RequestIds {
  readonly requestId: string | null;
  readonly traceId: string;
  readonly actor: NodeId | null;
}

export type AuditAct =
  | "searched"
  | "counted"
  | "reviewed"
  | "acknowledged"
  | "exported"
  | "books-read"
  | "stated"
  | "proved"
  | "case-checked";

export type BreakerState = "closed" | "open" | "half-open";

/** One function a business event: a log line, a metric and, where the use case has not written it, a log entry. */
export interface GatewayEvents {
  exchanged(exchange: Exchange, ids: RequestIds, milliseconds: number): void;
  /** A refusal the use case has already logged. */
  refused(reason: Fault, ids: RequestIds): void;
  /**
   * A request that could not be authenticated or read: its entry is written here, before it is answered.
   * Returns what it is refused for: the claim may turn out to be spent.
   */
  unreadable(reason: Fault, ids: RequestIds, claimed: NodeId | null, claim?: NonceClaim): Promise<Fault>;
  /** Refused unread, for want of room or patience: counted into one entry with others of its while. */
  turnedAway(reason: Fault, ids: RequestIds): void;
  /** An authorisation was withdrawn: its entry is written. */
  withdrawn(receipt: WithdrawalReceipt, ids: RequestIds): void;
  /** An hour of a member's book was compared with the log: its entry is written. */
  reconciled(compared: Compared, ids: RequestIds): void;
  /** Somebody was answered about the log itself: the entry is written. */
  audited(act: AuditAct, ids: RequestIds): void;
  /** Use that a rule calls unusual: its entry is written. */
  alerted(alert: Alert): void;
  breakerChanged(target: NodeId, from: BreakerState, to: BreakerState): void;
  /** The gateway signs with the key that followed its old one. */
  keyChanged(keyId: string): void;
  /** A version of another city's registry that was not taken: what is held of it stays. */
  peerFault(city: NodeId, reason: Fault): void;
  /** A witness holds a head that this log never had. */
  witnessAlarm(alarm: WitnessAlarm): void;
  failed(error: unknown, ids?: RequestIds): void;
}

/** A fact that is text may echo what a stranger typed, an identity number among it: only numbers are logged. */
function numbers({ facts = {} }: Fault): Record<string, number> {
  const kept: Record<string, number> = {};
  for (const [name, value] of Object.entries(facts)) if (typeof value === "number") kept[name] = value;
  return kept;
}

/** Codes by which the log says that a request was here before: no entry of that append stands. */
export function isSpent(code: Code): boolean {
  return code === "signature.replayed" || code === "request.id-reused";
}

const breakerValue = { closed: 0, "half-open": 1, open: 2 } as const;

export interface EventBooks {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly log: AuditLog;
  readonly limited: LimitedBook;
}

export function createGatewayEvents({ logger, metrics, log, limited }: EventBooks): GatewayEvents {
  const refused = (reason: Fault, ids: RequestIds) => {
    metrics.requests.inc({ code: reason.code });
    logger.warn({
      event: "refused",
      code: reason.code,
      status: statusOf(reason),
      ...numbers(reason),
      ...ids,
    });
  };
  async function unreadable(
    reason: Fault,
    ids: RequestIds,
    claimed: NodeId | null,
    claim?: NonceClaim,
  ): Promise<Fault> {
    const { requestId: exchange, traceId, actor } = ids;
    const { code } = reason;
    const draft = { kind: "request.refused", exchange, actor, traceId, claimed, code } as const;
    const logged = await log.append(draft, claim);
    if (!logged.ok && claim && isSpent(logged.error.code)) {
      return unreadable(fault(logged.error.code), ids, claimed);
    }
    refused(reason, ids);
    // What the log cannot take now is at least counted, and the count written when it can.
    if (!logged.ok) limited.note(actor);
    return reason;
  }

  return {
    exchanged({ complete, results, log: { intent, outcome } }, ids, milliseconds) {
      metrics.requests.inc({ code: "ok" });
      metrics.exchangeSeconds.observe({ complete: String(complete) }, milliseconds / 1000);
      for (const { node, status, latencyMs } of results) {
        metrics.rows.inc({ node, status });
        metrics.rowSeconds.observe({ node }, latencyMs / 1000);
      }
      const rows = results.map(({ node, status, code }) => ({ node, status, code }));
      logger.info({ event: "exchanged", ...ids, complete, rows, intent, outcome, milliseconds });
    },
    refused,
    unreadable,
    turnedAway(reason, ids) {
      refused(reason, ids);
      limited.note(ids.actor);
    },
    withdrawn({ authorisation, log: { index } }, ids) {
      metrics.requests.inc({ code: "withdrawn" });
      logger.info({ event: "withdrawn", ...ids, authorisation, index });
    },
    reconciled: createReconciledEvent(logger, metrics),
    ...aboutTheLog({ logger, metrics }),
    breakerChanged(target, from, to) {
      metrics.breakerOpen.set({ node: target }, breakerValue[to]);
      logger.warn({ event: "breaker-changed", target, from, to });
      const draft = { kind: "breaker.changed", exchange: null, actor: null, target, from, to } as const;
      log.append(draft).catch((error: unknown) => logger.error({ event: "failed", error: String(error) }));
    },
    keyChanged(keyId) {
      logger.info({ event: "key-changed", keyId });
    },
    peerFault(city, { code }) {
      logger.warn({ event: "peer-fault", city, code });
    },
    witnessAlarm({ witness, finding, heldSize, heldRoot }) {
      metrics.logAlarms.inc({ node: witness });
      logger.error({ event: "witness-alarm", witness, finding, heldSize, heldRoot });
    },
    failed(error, ids) {
      logger.error({ event: "failed", error: error instanceof Error ? error.stack : "unknown", ...ids });
    },
  };
}

function aboutTheLog({
  logger,
  metrics,
}: Pick<EventBooks, "logger" | "metrics">): Pick<GatewayEvents, "audited" | "alerted"> {
  return {
    audited(act, ids) {
      metrics.requests.inc({ code: act });
      logger.info({ event: act, ...ids });
    },
    alerted({ alert, rule, member, count, threshold }) {
      metrics.alerts.inc({ rule });
      logger.warn({ event: "alert", alert, rule, member, count, threshold });
    },
  };
}
