import { getCACertificates } from "node:tls";
import { logOrigin } from "@xinqiao/protocol/checkpoint";
import type { Signer } from "@xinqiao/protocol/keys";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { FaultError } from "@xinqiao/protocol/problem";
import { registryStanding } from "@xinqiao/protocol/registry";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { ConfigError } from "@xinqiao/runtime/config";
import { type Entropy, systemEntropy } from "@xinqiao/runtime/entropy";
import { createInFlight, type InFlight, type Serving, serve } from "@xinqiao/runtime/http";
import { openKeyRing } from "@xinqiao/runtime/keys";
import type { Logger } from "@xinqiao/runtime/logging";
import { getThrough } from "@xinqiao/runtime/published";
import { Agent } from "undici";
import { openUseWatch } from "./alerts/open.ts";
import type { AuditingDependencies } from "./audit/index.ts";
import { createWithdrawalPages } from "./authorisation/index.ts";
import { createBookReader, type ReconcileDependencies } from "./books/index.ts";
import { compareWithWitnesses, openPublishing, type Publishing } from "./checkpoints/index.ts";
import { type City, openCity } from "./city/index.ts";
import { type GatewayConfig, readTagKey } from "./config/index.ts";
import { openEnrolmentFolder } from "./enrolment/index.ts";
import type { LookUpDependencies } from "./exchange/index.ts";
import {
  adminApp,
  type EnrolmentRouteDependencies,
  type MemberRouteDependencies,
  publicApp,
} from "./http/index.ts";
import {
  addressKey,
  createLimitedBook,
  createRateLimit,
  createRecentClaims,
  type LimitedBook,
  type RateLimit,
} from "./limit/index.ts";
import type { AuditLog } from "./log/index.ts";
import { gatewayRules } from "./policy/index.ts";
import { bundleDependencies, type ProveDependencies } from "./proofs/index.ts";
import type { RegistryHolder } from "./registry/index.ts";
import { retain } from "./retention/index.ts";
import {
  caseOf,
  type HashIndex,
  type OpenedLoggedEntries,
  type OpenedProofSource,
  type OpenedPublishedLog,
  type OpenedReconciliations,
  type OpenedSearchIndex,
  type OpenedWithdrawals,
  openAuditLog,
  openHashIndex,
  openLoggedEntries,
  openProofSource,
  openPublishedLog,
  openReconciliations,
  openSearchIndex,
  openWithdrawals,
} from "./store/sqlite/index.ts";
import { createGatewayEvents, createMetrics, type GatewayEvents, type Metrics } from "./telemetry/index.ts";
import {
  createAskNode,
  createTargets,
  type Targets,
  type UpstreamSettings,
  upstreamSettings,
} from "./upstream/index.ts";
import { createWitnessLine, type WitnessLine, type WitnessReport } from "./witnesses/index.ts";

export const version = "0.1.0";

/** A running gateway. */
export interface Gateway {
  readonly port: number;
  readonly adminPort: number;
  /** Takes new versions of registry and catalogue without a restart. */
  reload(): Promise<void>;
  /** Refuses new work, finishes what is under way, closes the log. */
  close(): Promise<void>;
}

export interface GatewayDependencies {
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  readonly entropy: Entropy;
}

export const systemDependencies = (logger: Logger): GatewayDependencies => ({
  logger,
  now: Date.now,
  elapsed: () => performance.now(),
  entropy: systemEntropy(),
});

const limitedIntervalMs = 10_000;

/** At the default rate of a member more than the life of a signature, about 20 MB when full. */
const recentClaims = 100_000;

/**
 * Constructs every adapter and starts the gateway; nothing else does. What cannot be started takes down
 * what was, so that a failed start ends the process. The public door opens last.
 */
export async function createGateway(config: GatewayConfig, deps: GatewayDependencies): Promise<Gateway> {
  const { logger, now, elapsed } = deps;
  const keys = await openKeyRing(config.signingKey);
  const { signer } = keys;
  const upstream = await upstreamSettings(config);
  const metrics = createMetrics();
  await using starting = new AsyncDisposableStack();
  const dispatcher = starting.adopt(peerDispatcher(upstream), (pool) => pool.close());
  const line = createWitnessLine(dispatcher, config.witnesses.timeoutMs);
  const stores = await openStores(config, deps, line, starting);
  const { log } = stores;
  const append = async (draft: LogEntryDraft) => (await log.append(draft)).ok;
  const limited = createLimitedBook(append, now, limitedIntervalMs);
  const events = createGatewayEvents({ logger, metrics, log, limited });
  const onStateChange = events.breakerChanged;
  const targets = starting.adopt(
    createTargets(upstream, { now: elapsed, random: Math.random, onStateChange }),
    (all) => all.close(),
  );
  const inFlight = createInFlight(config.limits.maxConcurrent);
  const reading = createInFlight(config.limits.maxReading);
  const refusalRate = createRateLimit(config.limits.refusalsPerAddress);
  let open = false;
  let publishing: Publishing | undefined;
  const witnesses = () => publishing?.report();
  const monitored = { config, ...stores, inFlight, targets, metrics, open: () => open, witnesses };
  const admin = starting.adopt(await serveAdmin(monitored), (door) => door.close(0));
  const getFrom = (origin: string) => getThrough(dispatcher, origin);
  const city = await openCity(config, { version, log, metrics, events, keys, now, getFrom });
  starting.defer(city.stop);
  const registry = () => city.registry.current().document;
  publishing = openPublishing(config, { ...stores, registry, line, events, now });
  starting.defer(publishing.stop);
  const stopRetaining = starting.adopt(retain(stores, { now, onError: events.failed }), (stop) => stop());
  const unwatch = starting.adopt(await openUseWatch(config, { ...stores, events, now }), (stop) => stop());
  const shared = { config, deps, city, signer, targets, ...stores, events, inFlight, reading, refusalRate };
  const serving = await servePublic(shared);
  open = true;
  starting.move();
  logger.info({
    event: "started",
    node: config.node,
    port: serving.port,
    adminPort: admin.port,
    interrupted: log.interrupted,
  });
  return {
    port: serving.port,
    adminPort: admin.port,
    async reload() {
      await city.reload();
      logger.info({ event: "registry", version: city.registry.current().document.version });
      logger.info({ event: "catalogue", version: city.catalogue.current().document.version });
    },
    async close() {
      city.stop();
      publishing.stop();
      stopRetaining();
      unwatch();
      await shutDown({ serving, admin, inFlight, reading, targets, limited, publishing, ...stores }, config);
      await dispatcher.close();
    },
  };
}

/** Gateways of other cities, asked now and then for their registries. */
/** A registry of thousands of members has some two million bytes. */
const largestRegistry = 4 * 1024 * 1024;

function peerDispatcher({ ca, connectTimeoutMs }: UpstreamSettings): Agent {
  return new Agent({
    maxResponseSize: largestRegistry,
    connect: {
      timeout: connectTimeoutMs,
      ...(ca !== undefined && { ca: [...getCACertificates("default"), ca] }),
    },
  });
}

/** The log, and what reads it beside its writer. */
async function openStores(
  config: GatewayConfig,
  deps: GatewayDependencies,
  line: WitnessLine,
  starting: AsyncDisposableStack,
) {
  return {
    keys: await openKeyRing(config.logKey),
    log: starting.adopt(await openLog(config, deps, line), (opened) => opened.close()),
    withdrawals: starting.adopt(openWithdrawals(config.log), (opened) => opened.close()),
    published: starting.adopt(openPublishedLog(config.log), (opened) => opened.close()),
    entries: starting.adopt(openLoggedEntries(config.log), (opened) => opened.close()),
    kept: starting.adopt(openReconciliations(config.reconciliations), (opened) => opened.close()),
    index: starting.adopt(await openIndex(config, deps), (opened) => opened.close()),
    hashes: starting.adopt(openHashIndex(config), (opened) => opened.close()),
    proofs: starting.adopt(openProofSource(config.log), (opened) => opened.close()),
    tagKey: await readTagKey(config.logTagKey),
  };
}

async function openLog(config: GatewayConfig, { logger, now }: GatewayDependencies, line: WitnessLine) {
  return openAuditLog({
    async beforeWriting(head) {
      const published = openPublishedLog(config.log);
      await compareWithWitnesses(config, { head, published, line, logger, now }).finally(published.close);
    },
    path: config.log,
    origin: logOrigin(config.node),
    tagKey: await readTagKey(config.logTagKey),
    now,
    minFreeBytes: config.logReserveBytes,
    onFailure: ({ code, reason }) => logger.error({ event: "log-failed", code, reason }),
  }).catch((error: unknown) => {
    if (error instanceof FaultError) throw error;
    // In use, damaged or unreadable: the operator's to mend, and no bug.
    throw new ConfigError(config.log, [error instanceof Error ? error.message : String(error)]);
  });
}

function openIndex({ log, search }: GatewayConfig, { logger }: GatewayDependencies) {
  const onFailure = (reason: string) => logger.error({ event: "search-failed", reason });
  return openSearchIndex({ log, search, onFailure });
}

function serveAdmin({
  config,
  log,
  index,
  inFlight,
  targets,
  metrics,
  open,
  witnesses,
}: Pick<Shared, "config" | "log" | "index" | "inFlight" | "targets"> & {
  metrics: Metrics;
  open: () => boolean;
  witnesses: () => WitnessReport | undefined;
}): Promise<Serving> {
  const app = adminApp({
    node: config.node,
    log,
    index,
    metrics,
    inFlight,
    open,
    witnesses,
    targets: () => targets.snapshot(),
  });
  return serve(app, {
    address: config.admin,
    hop: config.node,
    maxHeaderBytes: 16_384,
    requestTimeoutMs: 10_000,
  });
}

function servePublic(shared: Shared): Promise<Serving> {
  const { config, refusalRate, events } = shared;
  const { deps, city, log, signer, withdrawals: list } = shared;
  const { members: directory, registry, catalogue, peers } = city;
  const app = publicApp({
    member: memberDependencies(shared),
    lookUp: lookUpDependencies(shared),
    withdraw: { directory, log, now: deps.now },
    reconcile: reconcileDependencies(shared),
    pages: createWithdrawalPages({ self: config.node, signer, list, now: deps.now }),
    audit: auditDependencies(shared),
    prove: proveDependencies(shared),
    enrolments: enrolmentsDependencies(shared),
    published: { registry, catalogue },
    peers,
    log: { published: shared.published, quorum: config.witnesses.quorum, indexOf: shared.hashes.indexOfHash },
    own: () => registry.current().directory,
  });
  return serve(app, {
    address: config.listen,
    hop: config.node,
    maxHeaderBytes: config.limits.maxHeaderBytes,
    requestTimeoutMs: config.limits.bodyTimeoutMs * 2,
    onBrokenRequest(reason, traceId, address) {
      const ids = { requestId: null, traceId, actor: null };
      const note = async () => {
        const overRate = await refusalRate.take(addressKey(address));
        if (overRate) events.turnedAway(overRate, ids);
        else await events.unreadable(reason, ids, null);
      };
      note().catch((error: unknown) => events.failed(error, ids));
    },
  });
}

interface Shared {
  readonly config: GatewayConfig;
  readonly deps: GatewayDependencies;
  readonly city: City;
  readonly signer: Signer;
  readonly targets: Targets;
  readonly log: AuditLog;
  readonly withdrawals: OpenedWithdrawals;
  readonly published: OpenedPublishedLog;
  readonly entries: OpenedLoggedEntries;
  readonly kept: OpenedReconciliations;
  readonly index: OpenedSearchIndex;
  readonly hashes: HashIndex;
  readonly proofs: OpenedProofSource;
  readonly tagKey: Uint8Array;
  readonly inFlight: InFlight;
  readonly reading: InFlight;
  readonly refusalRate: RateLimit;
  readonly events: GatewayEvents;
}

const exceptionsOf = ({ identifierExceptions }: GatewayConfig) => new Set(identifierExceptions);

const standingOf = (registry: RegistryHolder, now: () => number) => (graceSeconds?: number) =>
  registryStanding(registry.current().document, now(), graceSeconds);

function memberDependencies(shared: Shared): MemberRouteDependencies {
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

function auditDependencies(shared: Shared): AuditingDependencies {
  const { config, deps, city, signer, log, index, tagKey, kept } = shared;
  const active = () => city.registry.current().document.members.filter(({ status }) => status === "active");
  return {
    self: config.node,
    signer,
    now: deps.now,
    log,
    index,
    tagKey,
    identifierExceptions: exceptionsOf(config),
    kept,
    // The city does not compare with itself.
    members: () => active().flatMap(({ node }) => (node === config.node ? [] : [node])),
    caseOf: (of) => caseOf(config.log, of),
  };
}

function lookUpDependencies(shared: Shared): LookUpDependencies {
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
    ask: createAskNode({ self: config.node, signer, directory: city.members, targets, entropy, now }),
    now,
    elapsed,
    onBug: events.failed,
  };
}

function reconcileDependencies(shared: Shared): ReconcileDependencies {
  const { config, deps, city, signer, log, entries, kept } = shared;
  const { now } = deps;
  const { bookHoursADay: hoursADay } = config.limits;
  const books = createBookReader({ log: entries, summaries: kept.summaries, now, hoursADay });
  return { self: config.node, directory: city.members, signer, log, entries, books, kept, now };
}

function proveDependencies({ config, deps, log, proofs, published }: Shared): ProveDependencies {
  return { log, ...bundleDependencies(config, { source: proofs, published }, deps.now) };
}

function enrolmentsDependencies(shared: Shared): EnrolmentRouteDependencies {
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

interface Parts {
  readonly serving: Serving;
  readonly admin: Serving;
  readonly inFlight: InFlight;
  readonly reading: InFlight;
  readonly targets: Targets;
  readonly log: AuditLog;
  readonly withdrawals: OpenedWithdrawals;
  readonly published: OpenedPublishedLog;
  readonly publishing: Publishing;
  readonly index: OpenedSearchIndex;
  readonly hashes: HashIndex;
  readonly proofs: OpenedProofSource;
  readonly limited: LimitedBook;
  readonly entries: OpenedLoggedEntries;
  readonly kept: OpenedReconciliations;
}

/** Requests end first, then what they need: a socket that was cut does not end its handler. */
async function shutDown(parts: Parts, { shutdownGraceMs }: GatewayConfig): Promise<void> {
  const { serving, admin, inFlight, reading, targets, log, withdrawals, limited } = parts;
  const { published, publishing, entries, kept, index, hashes, proofs } = parts;
  reading.drain();
  inFlight.drain();
  await serving.close(shutdownGraceMs);
  await targets.close();
  await Promise.all([reading.idle(), inFlight.idle()]);
  await limited.flush();
  await log.append({ kind: "gateway.stopped", exchange: null, actor: null });
  // So that whoever looks next sees all of it. What cannot be signed now is signed at the next start.
  await publishing.publish().catch(() => {});
  for (const reader of [published, withdrawals, entries, kept, hashes, proofs]) reader.close();
  await index.close();
  await log.close();
  await admin.close(1_000);
}
