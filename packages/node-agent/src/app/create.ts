import type { Address } from "@xinqiao/runtime/config";
import { createInFlight, serve } from "@xinqiao/runtime/http";
import type { Logger } from "@xinqiao/runtime/logging";
import { followCity } from "../city/index.ts";
import type { AgentConfig } from "../config/index.ts";
import { createGatewayClient, type GatewayClient } from "../lookup/index.ts";
import { forgetDaily } from "../retention/index.ts";
import { createSources } from "../source/index.ts";
import { type AgentStore, openStore, openWitnessBook } from "../store/index.ts";
import { type AgentEvents, createAgentEvents } from "../telemetry/index.ts";
import type { Agent, AgentDependencies } from "./agent.ts";
import { openReconciliation } from "./books.ts";
import { reconcileDaily } from "./copies.ts";
import { followPlatform, watchFiles } from "./intake.ts";
import { changeKeys, readSecrets } from "./keys.ts";
import { localApp } from "./local-door.ts";
import { peerApp, watchLog } from "./peer-door.ts";
import { shareRecords } from "./sharing.ts";
import { hearWithdrawals } from "./withdrawals.ts";

/** Checkpoints being looked at: one log sends one every few seconds. */
const mostCosigning = 8;

/** How long a first start waits for its city. */
const firstWithinMs = 30_000;

const end = (stop: () => Promise<void> | void) => stop();

/**
 * Constructs every adapter and starts the agent; nothing else does. What cannot be started takes down what
 * was, so that a failed start ends the process. The door to the gateway opens last.
 */
export async function createAgent(config: AgentConfig, deps: AgentDependencies): Promise<Agent> {
  const { logger, now, entropy } = deps;
  const { keys, decryption, token, ca } = await readSecrets(config);
  await using starting = new AsyncDisposableStack();
  const store = starting.adopt(openStore(config.store), (opened) => opened.close());
  const witness = starting.adopt(openWitnessBook(config.witness), (opened) => opened.close());
  const events = openEvents(logger, store);
  store.book.begin(now());
  const stopForgetting = starting.adopt(await forgetDaily(store, config, now, events.failed), end);
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
  const shared = { config, city, signer: keys.signer, source, entropy, now, events };
  let open = false;
  const books = openReconciliation({ ...shared, client, store, witness });
  starting.defer(books.stop);
  const stopSharing = starting.adopt(await shareRecords(config, { ...shared, client, store }), end);
  const copies = starting.adopt(reconcileDaily(config, { ...shared, client, store }), (kept) => kept.stop());
  const own = { copies, decryptionKeys: decryption.keys, token, client, store, books, open: () => open };
  const local = localApp({ ...shared, inFlight: asking, ...own });
  const localServing = starting.adopt(await serve(local, edge(config, config.local)), (opened) =>
    opened.close(0),
  );
  const stopFollowing = starting.adopt(await followPlatform(config, { ...shared, store }), (stop) => stop());
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
      await Promise.all([books.stop(), copies.stop(), stopSharing(), stopWatching(), stopFollowing()]);
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

function openEvents(logger: Logger, { withdrawals, deliveries, outbox }: AgentStore): AgentEvents {
  return createAgentEvents(logger, () => withdrawals.heard().at, deliveries.standings, outbox.standing);
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

function edge({ node, limits }: AgentConfig, address: Address) {
  return {
    hop: node,
    address,
    maxHeaderBytes: limits.maxHeaderBytes,
    requestTimeoutMs: limits.bodyTimeoutMs * 2,
  };
}
