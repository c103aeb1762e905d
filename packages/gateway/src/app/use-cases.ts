import { registryStanding } from "@xinqiao/protocol/registry";
import { chinaDay } from "@xinqiao/runtime/calendar";
import type { AuditingDependencies } from "../audit/index.ts";
import { createBookReader, type ReconcileDependencies } from "../books/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import { openEnrolmentFolder } from "../enrolment/index.ts";
import type { LookUpDependencies } from "../exchange/index.ts";
import type { EnrolmentRouteDependencies, MemberRouteDependencies } from "../http/index.ts";
import { createRateLimit, createRecentClaims } from "../limit/index.ts";
import type { TakeReportDependencies } from "../measures/index.ts";
import { gatewayRules } from "../policy/index.ts";
import { bundleDependencies, type ProveDependencies } from "../proofs/index.ts";
import type { RegistryHolder } from "../registry/index.ts";
import type { ScreenDependencies } from "../screening/index.ts";
import { createAnswerFromCopy } from "../sharing/index.ts";
import { createAskNode } from "../upstream/index.ts";
import type { Shared } from "./shared.ts";

/** At the default rate of a member more than the life of a signature, about 20 MB when full. */
const recentClaims = 100_000;

export const exceptionsOf = ({ identifierExceptions }: GatewayConfig) => new Set(identifierExceptions);

const standingOf = (registry: RegistryHolder, now: () => number) => (graceSeconds?: number) =>
  registryStanding(registry.current().document, now(), graceSeconds);

export function memberDependencies(shared: Shared): MemberRouteDependencies {
  const { config, deps, city, signer, log, inFlight, reading, refusalRate, events } = shared;
  const { now, entropy } = deps;
  const { node, limits } = config;
  return {
    endpoint: {
      self: node,
      origin: config.origin,
      directory: city.members,
      now,
      maxBodyBytes: limits.maxBodyBytes,
      bodyTimeoutMs: limits.bodyTimeoutMs,
    },
    reply: { signer, entropy, now },
    log,
    reading,
    inFlight,
    memberRate: createRateLimit(limits.perMember),
    recent: createRecentClaims(recentClaims, now),
    standing: standingOf(city.registry, now),
    refusalRate,
    entropy,
    events,
  };
}

export function auditDependencies(shared: Shared): AuditingDependencies {
  const { config, deps, city, signer, log, index, tagKey, kept, proofs: source } = shared;
  const active = () => city.registry.current().document.members.filter(({ status }) => status === "active");
  return {
    self: config.node,
    signer,
    now: deps.now,
    log,
    index,
    source,
    tagKey,
    identifierExceptions: exceptionsOf(config),
    kept,
    // The city does not compare with itself.
    members: () => active().flatMap(({ node }) => (node === config.node ? [] : [node])),
  };
}

export function lookUpDependencies(shared: Shared): LookUpDependencies {
  const { config, deps, city, signer, targets, log, events } = shared;
  const { now, elapsed, entropy } = deps;
  return {
    directory: city.members,
    catalogue: () => city.catalogue.current().catalogue,
    today: () => chinaDay(now()),
    standing: standingOf(city.registry, now),
    rules: gatewayRules,
    identifierExceptions: exceptionsOf(config),
    log,
    answerFromCopy: createAnswerFromCopy({
      self: config.node,
      hub: shared.sharing.copy,
      directory: city.members,
      catalogue: () => city.catalogue.current().catalogue,
      signer,
      now,
      today: () => chinaDay(now()),
    }),
    ask: createAskNode({ self: config.node, signer, directory: city.members, targets, entropy, now }),
    now,
    elapsed,
    onBug: events.failed,
  };
}

export function screenDependencies(shared: Shared): ScreenDependencies {
  const { config, deps, city, hub, log, sharing } = shared;
  const { now } = deps;
  return {
    told: sharing.copy,
    given: hub.given,
    durable: hub.durable,
    directory: () => city.registry.current().directory,
    catalogue: () => city.catalogue.current().catalogue,
    rules: gatewayRules,
    identifierExceptions: exceptionsOf(config),
    standing: standingOf(city.registry, now),
    log,
    now,
    today: () => chinaDay(now()),
  };
}

export function feedbackDependencies(shared: Shared): TakeReportDependencies {
  const { deps, city, hub, entries, proofs, log, sharing } = shared;
  const { revocations, given } = hub;
  const directory = () => city.registry.current().directory;
  const { onKept } = sharing;
  return {
    measures: hub,
    revocations,
    given,
    hub,
    entries,
    evidence: proofs.evidence,
    directory,
    log,
    onKept,
    now: deps.now,
  };
}

export function reconcileDependencies(shared: Shared): ReconcileDependencies {
  const { config, deps, city, signer, log, entries, kept } = shared;
  const { now } = deps;
  const { bookHoursADay: hoursADay } = config.limits;
  const books = createBookReader({ log: entries, summaries: kept.summaries, now, hoursADay });
  return { self: config.node, directory: city.members, signer, log, entries, books, kept, now };
}

export function proveDependencies({ config, deps, log, proofs, published }: Shared): ProveDependencies {
  return { log, ...bundleDependencies(config, { source: proofs, published }, deps.now) };
}

export function enrolmentsDependencies(shared: Shared): EnrolmentRouteDependencies {
  const { config, deps, city, log, reading, refusalRate, events } = shared;
  return {
    hop: config.node,
    receive: {
      context: () => {
        const { document, directory } = city.registry.current();
        return { city: config.node, keys: document.keys, directory };
      },
      queue: openEnrolmentFolder(config.enrolments),
      log,
      catchUp: city.recordActs,
      now: deps.now,
    },
    reading,
    addressRate: refusalRate,
    entropy: deps.entropy,
    events,
    bodyTimeoutMs: config.limits.bodyTimeoutMs,
  };
}
