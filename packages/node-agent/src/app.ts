import { readFile } from "node:fs/promises";
import { logOrigin } from "@xinqiao/protocol/checkpoint";
import { clockToleranceSeconds } from "@xinqiao/protocol/clock";
import type { AgreementKey } from "@xinqiao/protocol/encryption";
import type { Signer } from "@xinqiao/protocol/keys";
import { type Directory, holdsKey } from "@xinqiao/protocol/registry";
import { chinaDay } from "@xinqiao/runtime/calendar";
import type { Address } from "@xinqiao/runtime/config";
import { type Entropy, systemEntropy } from "@xinqiao/runtime/entropy";
import { createInFlight, type InFlight, serve } from "@xinqiao/runtime/http";
import { type DecryptionRing, type KeyRing, openDecryptionRing, openKeyRing } from "@xinqiao/runtime/keys";
import type { Logger } from "@xinqiao/runtime/logging";
import { type City, followCity } from "./city/index.ts";
import { type AgentConfig, encryptionKeyFiles } from "./config/index.ts";
import { watchFolder } from "./handover/index.ts";
import { localRoutes, peerRoutes, type WitnessRouteDependencies } from "./http/index.ts";
import { createGatewayClient, type GatewayClient } from "./lookup/index.ts";
import { nodeRules } from "./policy/index.ts";
import {
  createReconciling,
  keepReconciling,
  type ReconcileDependencies,
  type Reconciling,
  reconcileHour,
} from "./reconciliation/index.ts";
import { forgetDaily } from "./retention/index.ts";
import { openSharing } from "./sharing/index.ts";
import { createSources, type RecordSource } from "./source/index.ts";
import { type AgentStore, openStore, openWitnessBook } from "./store/index.ts";
import { type AgentEvents, createAgentEvents } from "./telemetry/index.ts";
import {
  createWithdrawalFollower,
  keepHearing,
  standingOf,
  type WithdrawalFollowerDependencies,
} from "./withdrawals/index.ts";
import { createWitness, type WitnessBook } from "./witness/index.ts";

/** A running agent. */
export interface Agent {
  readonly port: number;
  readonly localPort: number;
  /** Looks for new versions of registry and catalogue now. */
  reload(): Promise<void>;
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

/** Checkpoints being looked at: one log sends one every few seconds. */
const mostCosigning = 8;

/** How long a first start waits for its city. */
const firstWithinMs = 30_000;

/**
 * Constructs every adapter and starts the agent; nothing else does. What cannot be started takes down what
 * was, so that a failed start ends the process. The door to the gateway opens last.
 */
export async function createAgent(config: AgentConfig, deps: AgentDependencies): Promise<Agent> {
  const { logger, now, entropy } = deps;
  const { keys, decryption, token, ca } = await readSecrets(config);
  const { signer } = keys;
  await using starting = new AsyncDisposableStack();
  const store = starting.adopt(openStore(config.store), (opened) => opened.close());
  const witness = starting.adopt(openWitnessBook(config.witness), (opened) => opened.close());
  const events = createAgentEvents(logger, () => store.withdrawals.heard().at);
  store.book.begin(now());
  const stopForgetting = starting.adopt(await forgetDaily(store, config, now, events.failed), (stop) =>
    stop(),
  );
  const client = starting.adopt(openClient(config, ca), (opened) => opened.close());
  const city = starting.adopt(
    await followCity(config, { get: client.get, events, now, firstWithinMs }),
    (followed) => followed.stop(),
  );
  const { sources, jurisdiction } = config;
  const known = { store, catalogue: city.catalogue, jurisdiction, now, onInvalid: events.invalidRows };
  const source = starting.adopt(await createSources(sources, known), (opened) => opened.close());
  const { maxConcurrent, maxReading } = config.limits;
  const stopChangingKeys = changeKeys({ keys, decryption }, config, city.members, events, now);
  starting.defer(stopChangingKeys);
  const stopHearing = hearWithdrawals(config, { client, city, book: store.withdrawals, events, now });
  starting.defer(stopHearing);
  const background = [stopForgetting, city.stop, stopChangingKeys, stopHearing];
  // Asking and answering have places of their own: a slow gateway must not keep this node from answering.
  const [asking, answering] = [createInFlight(maxConcurrent), createInFlight(maxConcurrent)];
  const [reading, cosigning] = [createInFlight(maxReading), createInFlight(mostCosigning)];
  const shared = { config, city, signer, source, entropy, now, events };
  let open = false;
  const books = openReconciliation({ ...shared, client, store, witness });
  starting.defer(books.stop);
  const stopSharing = shareRecords(config, { ...shared, client, store });
  starting.defer(stopSharing);
  const own = { decryptionKeys: decryption.keys, token, client, store, books, open: () => open };
  const local = localApp({ ...shared, inFlight: asking, ...own });
  const localServing = starting.adopt(await serve(local, edge(config, config.local)), (opened) =>
    opened.close(0),
  );
  const watching = { ...watchLog(config, { ...shared, client, book: witness }), places: cosigning };
  const serving = await serve(peerApp({ ...shared, reading, inFlight: answering, store, watching }), {
    ...edge(config, config.listen),
    onBrokenRequest: (reason, traceId) => events.refused(reason, { traceId }),
  });
  const stopWatching = watchFiles(config, { city, now, events });
  open = true;
  starting.move();
  logger.info({ event: "started", node: config.node, port: serving.port, localPort: localServing.port });
  return {
    port: serving.port,
    localPort: localServing.port,
    reload: city.refresh,
    async close() {
      for (const stop of background) stop();
      await Promise.all([books.stop(), stopSharing(), stopWatching()]);
      for (const places of [asking, answering, reading, cosigning]) places.drain();
      await Promise.all([serving.close(config.shutdownGraceMs), localServing.close(config.shutdownGraceMs)]);
      // A socket that was cut does not end its handler: what it uses is closed after it.
      await Promise.all([asking.idle(), answering.idle(), reading.idle(), cosigning.idle()]);
      await client.close();
      await source.close();
      witness.close();
      store.close();
    },
  };
}

async function readSecrets(config: AgentConfig) {
  return {
    keys: await openKeyRing(config.signingKey),
    decryption: await openDecryptionRing(encryptionKeyFiles(config)),
    token: (await readFile(config.localToken, "utf8")).trim(),
    ca: config.caFile === undefined ? undefined : await readFile(config.caFile, "utf8"),
  };
}

function openClient({ gateway, limits }: AgentConfig, ca: string | undefined): GatewayClient {
  const { connections, maxReplyBytes } = limits;
  return createGatewayClient({
    origin: gateway.origin,
    connections,
    maxReplyBytes,
    ...(ca !== undefined && { ca }),
  });
}

/** How often the agent looks whether the key that follows its own counts by now. */
const keyEveryMs = 2_000;
/** It is changed over to when it counts by every clock that is right enough. */
const marginMs = clockToleranceSeconds * 1000;

/** @returns what ends it */
function changeKeys(
  { keys, decryption }: { readonly keys: KeyRing; readonly decryption: DecryptionRing },
  { node }: AgentConfig,
  members: () => Directory,
  events: AgentEvents,
  now: () => number,
): () => void {
  const look = async () => {
    await decryption.takeNew();
    const keyId = await keys.follow((id) => holdsKey(members(), node, id, now() - marginMs));
    if (keyId !== undefined) events.keyChanged(keyId);
  };
  const timer = setInterval(() => void look().catch(events.failed), keyEveryMs).unref();
  return () => clearInterval(timer);
}

/**
 * Only who answers needs to know: who asks is told by the city and by every node.
 * @returns what ends it
 */
function hearWithdrawals(
  { jurisdiction, gateway, withdrawalsRefreshSeconds: everySeconds }: AgentConfig,
  {
    client,
    city,
    events,
    ...deps
  }: Omit<WithdrawalFollowerDependencies, "get" | "gateway" | "directory"> &
    Pick<Shared, "events" | "city"> & { client: GatewayClient },
): () => void {
  if (jurisdiction === undefined) return () => {};
  const follower = createWithdrawalFollower({
    ...deps,
    get: client.get,
    gateway: gateway.node,
    directory: city.members,
  });
  return keepHearing(follower, { everySeconds, onFault: events.withdrawalsFault, onError: events.failed });
}

/** What compares hours of this member's book with the city's log. */
interface Books {
  readonly hours: ReconcileDependencies;
  readonly reconciling: Reconciling;
  readonly stop: () => Promise<void>;
}

function openReconciliation({
  config: { node, gateway, jurisdiction, reconcileEverySeconds: everySeconds },
  client,
  city,
  store,
  witness,
  events,
  ...deps
}: Pick<Shared, "config" | "city" | "signer" | "entropy" | "now" | "events"> &
  Pick<LocalParts, "client" | "store"> & { readonly witness: Pick<WitnessBook, "held" | "move"> }): Books {
  const { book, reconciled } = store;
  const call = { ...deps, node, gateway, directory: city.members, send: client.send };
  const hours = {
    ...call,
    book,
    reconciled,
    checkpoint: () => witness.held(logOrigin(gateway.node)),
    logView: { city: gateway.node, logKeys: city.logKeys, witness, cosigns: jurisdiction !== undefined },
    get: client.get,
  };
  const reconciling = createReconciling({
    book,
    reconciled,
    reconcile: (interval, signal) => reconcileHour(interval, hours, signal),
    now: deps.now,
    onReconciled: events.reconciled,
  });
  const stop = keepReconciling(reconciling, {
    everySeconds,
    onFault: events.reconcilingFault,
    onError: events.failed,
  });
  return { hours, reconciling, stop };
}

function shareRecords(
  { node, gateway, sharing }: AgentConfig,
  {
    client,
    city,
    store,
    events,
    ...deps
  }: Omit<Shared, "config" | "inFlight"> & Pick<LocalParts, "client" | "store">,
): () => Promise<void> {
  const { signer, entropy, now } = deps;
  const { members: directory, catalogue } = city;
  const call = { node, gateway, directory, signer, send: client.send, entropy, now };
  const { outbox, inbox } = store;
  return openSharing(sharing, { ...call, catalogue, outbox, inbox, events });
}

/** Last of all: an agent that cannot start takes no file. */
function watchFiles(
  { node, store, jurisdiction, intake, identifierExceptions }: AgentConfig,
  { city, ...deps }: Pick<Shared, "city" | "now" | "events">,
): () => Promise<void> {
  const { folder } = intake;
  if (folder === undefined || jurisdiction === undefined) return async () => {};
  const exceptions = new Set(identifierExceptions);
  const task = () => {
    const { items, version } = city.catalogue();
    return { store, catalogue: { items, version }, jurisdiction, exceptions };
  };
  return watchFolder({ ...intake, folder }, { ...deps, node, task });
}

function edge({ node, limits }: AgentConfig, address: Address) {
  return {
    hop: node,
    address,
    maxHeaderBytes: limits.maxHeaderBytes,
    requestTimeoutMs: limits.bodyTimeoutMs * 2,
  };
}

interface Shared {
  readonly config: AgentConfig;
  readonly city: City;
  readonly signer: Signer;
  readonly source: RecordSource;
  readonly inFlight: InFlight;
  readonly entropy: Entropy;
  readonly now: () => number;
  readonly events: AgentEvents;
}

/** This member as a witness of its city's log. */
function watchLog(
  { node: self, gateway }: AgentConfig,
  {
    city,
    signer,
    now,
    events,
    client,
    book,
  }: Pick<Shared, "city" | "signer" | "now" | "events"> & { client: GatewayClient; book: WitnessBook },
) {
  const witness = createWitness({
    self,
    city: gateway.node,
    logKeys: city.logKeys,
    directory: city.members,
    signer,
    book,
    get: client.get,
    now,
    onCosigned: events.cosigned,
    onAlarm: events.logAlarm,
  });
  return { witness, book };
}

type Watching = Pick<WitnessRouteDependencies, "witness" | "book" | "places">;

function peerApp({
  config,
  city: { members, standing, catalogue },
  signer,
  source,
  now,
  store,
  watching,
  ...rest
}: Shared & { reading: InFlight; store: AgentStore; watching: Watching }) {
  const { node, jurisdiction, limits } = config;
  const { maxBodyBytes, bodyTimeoutMs } = limits;
  return peerRoutes({
    ...rest,
    standing,
    endpoint: { self: node, origin: config.origin, directory: members, now, maxBodyBytes, bodyTimeoutMs },
    gateway: config.gateway.node,
    answer: {
      node,
      jurisdiction,
      directory: members,
      standing,
      catalogue,
      rules: nodeRules(config.policy),
      identifierExceptions: new Set(config.identifierExceptions),
      source,
      authorisationStanding: (authorisation) =>
        standingOf(authorisation, store.withdrawals, {
          now: now(),
          staleSeconds: config.withdrawalsStaleSeconds,
        }),
      signer,
      now,
      dayOf: chinaDay,
    },
    witness: { ...watching, self: node, city: config.gateway.node, bodyTimeoutMs },
    claimNonce: (keyId, nonce, expiresAt) => store.claimNonce(keyId, nonce, expiresAt),
    book: store.book,
  });
}

interface LocalParts {
  readonly decryptionKeys: ReadonlyMap<string, AgreementKey>;
  readonly token: string;
  readonly client: GatewayClient;
  readonly store: AgentStore;
  readonly books: Books;
  readonly open: () => boolean;
}

function localApp({
  config,
  city: { members, standing, catalogue },
  signer,
  now,
  decryptionKeys,
  client,
  store,
  books,
  ...rest
}: Shared & LocalParts) {
  const { node, gateway, limits } = config;
  const { entropy } = rest;
  const call = { node, gateway, directory: members, signer, send: client.send, entropy, now };
  const today = () => chinaDay(now());
  return localRoutes({
    ...rest,
    standing,
    node,
    maxBodyBytes: limits.maxBodyBytes,
    bodyTimeoutMs: limits.bodyTimeoutMs,
    audit: call,
    books: { ...books, reconciled: store.reconciled, now },
    sharing: { call, inbox: store.inbox, today },
    screening: { call, inbox: store.inbox, catalogue, whenAway: config.screeningWhenAway, standing, today },
    lookUp: { ...call, catalogue, decryptionKeys, book: store.book },
    authorisation: {
      ...call,
      catalogue,
      identifierExceptions: new Set(config.identifierExceptions),
      book: store.authorisations,
    },
  });
}
