import { getCACertificates } from "node:tls";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { type OfficialDays, officialDays, officialDaysSchema } from "@xinqiao/runtime/calendar";
import { readConfig } from "@xinqiao/runtime/config";
import { createInFlight } from "@xinqiao/runtime/http";
import { openKeyRing } from "@xinqiao/runtime/keys";
import { getThrough } from "@xinqiao/runtime/published";
import { Agent } from "undici";
import { openUseWatch } from "../alerts/open.ts";
import { openPublishing, type Publishing } from "../checkpoints/index.ts";
import { openCity } from "../city/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import { measureGrowth } from "../growth/index.ts";
import { createLimitedBook, createRateLimit } from "../limit/index.ts";
import { createGatewayEvents, createMetrics } from "../telemetry/index.ts";
import { createTargets, type UpstreamSettings, upstreamSettings } from "../upstream/index.ts";
import { createWitnessLine } from "../witnesses/index.ts";
import { startDaily } from "./daily.ts";
import { serveAdmin, servePublic } from "./doors.ts";
import type { Gateway, GatewayDependencies } from "./gateway.ts";
import { openSharing } from "./sharing.ts";
import { shutDown } from "./shut-down.ts";
import { openStores, type Stores } from "./stores.ts";

export const version = "0.1.0";

const limitedIntervalMs = 10_000;

/**
 * Constructs every adapter and starts the gateway; nothing else does. What cannot be started takes down
 * what was, so that a failed start ends the process. The public door opens last.
 */
export async function createGateway(config: GatewayConfig, deps: GatewayDependencies): Promise<Gateway> {
  const { logger, now, elapsed } = deps;
  const keys = await openKeyRing(config.signingKey);
  const { signer } = keys;
  const upstream = await upstreamSettings(config);
  await using starting = new AsyncDisposableStack();
  const dispatcher = starting.adopt(peerDispatcher(upstream), (pool) => pool.close());
  const line = createWitnessLine(dispatcher, config.witnesses.timeoutMs);
  const stores = await openStores(config, deps, line, starting);
  const { log, index } = stores;
  const { metrics, limited, events } = openTelemetry(log, deps);
  const targets = starting.adopt(
    createTargets(upstream, { now: elapsed, random: Math.random, onStateChange: events.breakerChanged }),
    (all) => all.close(),
  );
  const limits = openLimits(config);
  let open = false;
  let publishing: Publishing | undefined;
  const witnesses = () => publishing?.report();
  const growth = () => measureGrowth(config, stores.published, now());
  const monitored = { growth, now, targets, metrics, witnesses, open: () => open };
  const admin = starting.adopt(await serveAdmin({ config, ...stores, ...limits, ...monitored }), (door) =>
    door.close(0),
  );
  const getFrom = (origin: string) => getThrough(dispatcher, origin);
  const city = await openCity(config, { version, log, index, metrics, events, keys, now, getFrom });
  starting.defer(city.stop);
  const registry = () => city.registry.current().document;
  publishing = openPublishing(config, { ...stores, registry, line, events, now });
  starting.defer(publishing.stop);
  const stopDaily = starting.adopt(startDaily(config, deps, stores, events), (stop) => stop());
  const days = await readOfficialDays(config);
  const unwatch = starting.adopt(openUseWatch(config, { ...stores, events, now, days }), (stop) => stop());
  const sharing = openSharing(config, { ...stores, deps, city, signer, events, days });
  starting.defer(sharing.drain);
  const serving = await servePublic({
    ...{ config, deps, city, signer, targets, events, sharing },
    ...stores,
    ...limits,
  });
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
      for (const stop of [city.stop, publishing.stop, stopDaily, unwatch]) stop();
      const parts = { serving, admin, targets, limited, publishing, sharing, ...stores, ...limits };
      await shutDown(parts, config);
      await dispatcher.close();
    },
  };
}

/** As announced, or as the library has them. */
async function readOfficialDays({ officialDays: file }: GatewayConfig): Promise<OfficialDays> {
  return file === undefined ? officialDays() : readConfig(officialDaysSchema, file);
}

function openTelemetry(log: Stores["log"], { logger, now }: GatewayDependencies) {
  const metrics = createMetrics();
  const append = async (draft: LogEntryDraft) => (await log.append(draft)).ok;
  const limited = createLimitedBook(append, now, limitedIntervalMs);
  return { metrics, limited, events: createGatewayEvents({ logger, metrics, log, limited }) };
}

function openLimits({ limits }: GatewayConfig) {
  return {
    inFlight: createInFlight(limits.maxConcurrent),
    reading: createInFlight(limits.maxReading),
    refusalRate: createRateLimit(limits.refusalsPerAddress),
  };
}

/** A registry of thousands of members has some two million bytes. */
const largestRegistry = 4 * 1024 * 1024;

/** The way to other cities' gateways and to witnesses, who are asked now and then. */
function peerDispatcher({ ca, connectTimeoutMs }: UpstreamSettings): Agent {
  return new Agent({
    maxResponseSize: largestRegistry,
    connect: {
      timeout: connectTimeoutMs,
      ...(ca !== undefined && { ca: [...getCACertificates("default"), ca] }),
    },
  });
}
