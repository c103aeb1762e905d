import { readFile } from "node:fs/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Signer } from "@xinqiao/protocol/keys";
import type { Directory } from "@xinqiao/protocol/registry";
import { type Entropy, systemEntropy } from "@xinqiao/runtime/entropy";
import { createInFlight, type InFlight, serve } from "@xinqiao/runtime/http";
import { readSigner } from "@xinqiao/runtime/keys";
import type { Logger } from "@xinqiao/runtime/logging";
import { readDirectory } from "@xinqiao/runtime/members";
import { type AgentConfig, loadCatalogue } from "./config/index.ts";
import { localRoutes, peerRoutes } from "./http/index.ts";
import { createGatewayClient, type GatewayClient } from "./lookup/index.ts";
import { nodeRules } from "./policy/index.ts";
import { createSources, type RecordSource } from "./source/index.ts";
import { type AgentStore, openStore } from "./store/index.ts";
import { type AgentEvents, createAgentEvents } from "./telemetry/index.ts";

/** A running agent. */
export interface Agent {
  readonly port: number;
  readonly localPort: number;
  /** Takes a new member list without a restart. */
  reloadMembers(): Promise<void>;
  close(): Promise<void>;
}

export interface AgentDependencies {
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly entropy: Entropy;
}

export const systemDependencies = (logger: Logger): AgentDependencies => ({
  logger,
  now: Date.now,
  entropy: systemEntropy(),
});

/** Publication ends by the calendar day of the jurisdiction, whatever the machine's own zone. */
const chinaDay = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/** Constructs every adapter and starts the agent; nothing else does. */
export async function createAgent(config: AgentConfig, deps: AgentDependencies): Promise<Agent> {
  const { logger, now, entropy } = deps;
  let directory: Directory = await readDirectory(config.members);
  const members = () => directory;
  const signer = await readSigner(config.signingKey);
  const catalogue = await loadCatalogue(config);
  const token = (await readFile(config.localToken, "utf8")).trim();
  const store = openStore(config.store);
  const events = createAgentEvents(logger);
  const source = await createSources(config.sources, {
    store,
    catalogue,
    jurisdiction: config.jurisdiction,
    now,
    onInvalid: events.invalidRows,
  });
  const client = createGatewayClient({
    origin: config.gateway.origin,
    connections: config.limits.connections,
    maxReplyBytes: config.limits.maxReplyBytes,
    ...(config.caFile !== undefined && { ca: await readFile(config.caFile, "utf8") }),
  });
  const inFlight = createInFlight(config.limits.maxConcurrent);
  const shared = { config, members, signer, catalogue, source, inFlight, entropy, now, events };
  const peer = peerApp({ ...shared, store });
  const local = localApp({ ...shared, token, client });
  const edge = {
    hop: config.node,
    maxHeaderBytes: config.limits.maxHeaderBytes,
    requestTimeoutMs: config.limits.bodyTimeoutMs * 2,
  };
  const onBrokenRequest = (reason: Parameters<typeof events.refused>[0]) => events.refused(reason, {});
  const serving = await serve(peer, { ...edge, address: config.listen, onBrokenRequest });
  const localServing = await serve(local, { ...edge, address: config.local });
  logger.info({ event: "started", node: config.node, port: serving.port, localPort: localServing.port });
  return {
    port: serving.port,
    localPort: localServing.port,
    async reloadMembers() {
      directory = await readDirectory(config.members);
      logger.info({ event: "members-reloaded", version: directory.version });
    },
    async close() {
      inFlight.drain();
      await Promise.all([serving.close(config.shutdownGraceMs), localServing.close(config.shutdownGraceMs)]);
      await client.close();
      await source.close();
      store.close();
    },
  };
}

interface Shared {
  readonly config: AgentConfig;
  readonly members: () => Directory;
  readonly signer: Signer;
  readonly catalogue: Catalogue;
  readonly source: RecordSource;
  readonly inFlight: InFlight;
  readonly entropy: Entropy;
  readonly now: () => number;
  readonly events: AgentEvents;
}

function peerApp({
  config,
  members,
  signer,
  catalogue,
  source,
  now,
  store,
  ...rest
}: Shared & { store: AgentStore }) {
  const { node, jurisdiction, limits } = config;
  const { maxBodyBytes, bodyTimeoutMs } = limits;
  return peerRoutes({
    ...rest,
    endpoint: { self: node, origin: config.origin, directory: members, now, maxBodyBytes, bodyTimeoutMs },
    gateway: config.gateway.node,
    answer: {
      node,
      jurisdiction,
      directory: members,
      catalogue,
      rules: nodeRules(config.policy),
      source,
      signer,
      now,
      dayOf: (instant) => chinaDay.format(instant),
    },
    claimNonce: (keyId, nonce, expiresAt) => store.claimNonce(keyId, nonce, expiresAt),
  });
}

function localApp({
  config,
  members,
  signer,
  catalogue,
  now,
  client,
  ...rest
}: Shared & { token: string; client: GatewayClient }) {
  const { node, gateway, limits } = config;
  return localRoutes({
    ...rest,
    node,
    maxBodyBytes: limits.maxBodyBytes,
    bodyTimeoutMs: limits.bodyTimeoutMs,
    lookUp: {
      node,
      gateway,
      directory: members,
      catalogue,
      signer,
      send: client.send,
      entropy: rest.entropy,
      now,
    },
  });
}
