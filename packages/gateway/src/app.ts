import { readFile } from "node:fs/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Signer } from "@xinqiao/protocol/keys";
import type { Directory } from "@xinqiao/protocol/registry";
import { type Entropy, systemEntropy } from "@xinqiao/runtime/entropy";
import { createInFlight, type InFlight, type Serving, serve } from "@xinqiao/runtime/http";
import { readSigner } from "@xinqiao/runtime/keys";
import type { Logger } from "@xinqiao/runtime/logging";
import { readDirectory } from "@xinqiao/runtime/members";
import { type GatewayConfig, loadCatalogue } from "./config/index.ts";
import { adminApp, type LookupRouteDependencies, publicApp } from "./http/index.ts";
import { createLimitedBook, createRateLimit, type LimitedBook } from "./limit/index.ts";
import type { AuditLog } from "./log/index.ts";
import { gatewayRules } from "./policy/index.ts";
import { openAuditLog } from "./store/sqlite/index.ts";
import { createGatewayEvents, createMetrics, type GatewayEvents } from "./telemetry/index.ts";
import { createAskNode, createTargets, type Targets, upstreamDefaults } from "./upstream/index.ts";

export const version = "0.1.0";

/** A running gateway. */
export interface Gateway {
  readonly port: number;
  readonly adminPort: number;
  /** Takes a new member list without a restart. */
  reloadMembers(): Promise<void>;
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

/** Constructs every adapter and starts the gateway; nothing else does. */
export async function createGateway(config: GatewayConfig, deps: GatewayDependencies): Promise<Gateway> {
  const { logger, now, elapsed, entropy } = deps;
  let directory: Directory = await readDirectory(config.members);
  const members = () => directory;
  const signer = await readSigner(config.signingKey);
  const catalogue = await loadCatalogue(config);
  const log = await openAuditLog({
    path: config.log,
    origin: config.node,
    now,
    minFreeBytes: config.logReserveBytes,
  });
  const metrics = createMetrics();
  const events = createGatewayEvents(logger, metrics, log);
  const targets = createTargets(await upstreamSettings(config), {
    now: elapsed,
    random: Math.random,
    onStateChange: events.breakerChanged,
  });
  const inFlight = createInFlight(config.limits.maxConcurrent);
  const limited = createLimitedBook(
    (draft) => log.append(draft).catch((error: unknown) => events.failed(error)),
    now,
    limitedIntervalMs,
  );
  const shared = { config, members, signer, targets, log, inFlight, limited, events };
  const app = publicApp(lookupsDependencies({ ...shared, catalogue, deps }));
  const serving = await serve(app, {
    address: config.listen,
    hop: config.node,
    maxHeaderBytes: config.limits.maxHeaderBytes,
    requestTimeoutMs: config.limits.bodyTimeoutMs * 2,
    onBrokenRequest: (reason) => {
      const ids = { requestId: null, traceId: entropy.hex(16), actor: null };
      events.unreadable(reason, ids, null).catch((error: unknown) => events.failed(error));
    },
  });
  const admin = await serve(
    adminApp({ node: config.node, log, metrics, inFlight, targets: () => targets.snapshot() }),
    { address: config.admin, hop: config.node, maxHeaderBytes: 16_384, requestTimeoutMs: 10_000 },
  );
  await log.append({ kind: "gateway.started", exchange: null, actor: null, version });
  logger.info({ event: "started", node: config.node, port: serving.port, adminPort: admin.port });
  return {
    port: serving.port,
    adminPort: admin.port,
    async reloadMembers() {
      directory = await readDirectory(config.members);
      logger.info({ event: "members-reloaded", version: directory.version });
    },
    close: () => shutDown({ serving, admin, inFlight, targets, log, flush: limited.flush }, config),
  };
}

interface Shared {
  readonly config: GatewayConfig;
  readonly deps: GatewayDependencies;
  readonly members: () => Directory;
  readonly catalogue: Catalogue;
  readonly signer: Signer;
  readonly targets: Targets;
  readonly log: AuditLog;
  readonly inFlight: InFlight;
  readonly limited: LimitedBook;
  readonly events: GatewayEvents;
}

function lookupsDependencies(shared: Shared): LookupRouteDependencies {
  const { config, deps, members, catalogue, signer, targets, log, inFlight, limited, events } = shared;
  const { now, elapsed, entropy } = deps;
  const { node, limits } = config;
  return {
    endpoint: {
      self: node,
      origin: config.origin,
      directory: members,
      now,
      maxBodyBytes: limits.maxBodyBytes,
      bodyTimeoutMs: limits.bodyTimeoutMs,
    },
    lookUp: {
      directory: members,
      catalogue,
      rules: gatewayRules,
      identifierExceptions: new Set(config.identifierExceptions),
      log,
      ask: createAskNode({ self: node, signer, directory: members, targets, entropy, now }),
      now,
      elapsed,
    },
    reply: { signer, entropy, now },
    inFlight,
    memberRate: createRateLimit(limits.perMember),
    refusalRate: createRateLimit(limits.refusalsPerAddress),
    limited,
    entropy,
    events,
  };
}

interface Parts {
  readonly serving: Serving;
  readonly admin: Serving;
  readonly inFlight: InFlight;
  readonly targets: Targets;
  readonly log: AuditLog;
  readonly flush: () => void;
}

async function shutDown(parts: Parts, { shutdownGraceMs }: GatewayConfig): Promise<void> {
  parts.inFlight.drain();
  await parts.serving.close(shutdownGraceMs);
  await parts.targets.close();
  parts.flush();
  await parts.log.append({ kind: "gateway.stopped", exchange: null, actor: null });
  await parts.log.close();
  await parts.admin.close(1_000);
}

async function upstreamSettings({ upstream, limits }: GatewayConfig) {
  const { caFile, ...settings } = upstream;
  return {
    ...upstreamDefaults,
    ...settings,
    maxAnswerBytes: limits.maxAnswerBytes,
    ...(caFile !== undefined && { ca: await readFile(caFile, "utf8") }),
  };
}
