import { chinaDay } from "@xinqiao/runtime/calendar";
import type { InFlight } from "@xinqiao/runtime/http";
import type { AgentConfig } from "../config/index.ts";
import { peerRoutes, type WitnessRouteDependencies } from "../http/index.ts";
import type { GatewayClient } from "../lookup/index.ts";
import { nodeRules } from "../policy/index.ts";
import type { AgentStore } from "../store/index.ts";
import { standingOf } from "../withdrawals/index.ts";
import { createWitness, type WitnessBook } from "../witness/index.ts";
import type { Shared } from "./shared.ts";

/** This member as a witness of its city's log. */
export function watchLog(
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

export function peerApp({
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
