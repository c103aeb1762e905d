import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Catalogue, PublishedCatalogue } from "@xinqiao/protocol/catalogue";
import type { DatedKey } from "@xinqiao/protocol/keys";
import type { Published } from "@xinqiao/protocol/published";
import {
  anchorName,
  type Directory,
  type Peer,
  type Registry,
  type RegistryStanding,
  registryStanding,
} from "@xinqiao/protocol/registry";
import { readCatalogueFile, writeCatalogueFile } from "@xinqiao/runtime/catalogue";
import { ConfigError } from "@xinqiao/runtime/config";
import { followPeers, type Peers } from "@xinqiao/runtime/peers";
import {
  createHttpOrigin,
  type Follower,
  type GetFromGateway,
  keepFollowing,
  newestWithinMs,
  within,
} from "@xinqiao/runtime/published";
import { createRegistryFollower, readRegistryFile, writeRegistryFile } from "@xinqiao/runtime/registry";
import { createCatalogueFollower } from "../catalogue/index.ts";
import type { AgentConfig } from "../config/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";

/** What this member knows of its city: who is a member, and what is exchanged for which purpose. */
export interface City {
  members(): Directory;
  standing(graceSeconds?: number): RegistryStanding;
  catalogue(): Catalogue;
  /** What signs the checkpoints of the city's log. */
  logKeys(): readonly DatedKey[];
  /** Looks for new versions now. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface CityDependencies {
  readonly get: GetFromGateway;
  readonly events: AgentEvents;
  readonly now: () => number;
  /** How long a first start waits for its city, in milliseconds. */
  readonly firstWithinMs: number;
}

/** Follows registry and catalogue; the registry first, because it lists who may sign the catalogue. */
export async function followCity(config: AgentConfig, deps: CityDependencies): Promise<City> {
  const { events, now, firstWithinMs } = deps;
  const registry = await registryOf(config, deps);
  const often = {
    refreshSeconds: config.registryRefreshSeconds,
    firstWithinMs,
    onError: events.failed,
  };
  const members = await keepFollowing(registry, { ...often, onFault: events.registryFault });
  const peers = await peersOf(config, registry, deps);
  // Every city of every peer stands in the registry of the own: what it says is followed as often.
  const around = setInterval(
    () => void peers.refresh().catch(events.failed),
    often.refreshSeconds * 1000,
  ).unref();
  const catalogue = await catalogueOf(config, registry, deps);
  const items = await keepFollowing(catalogue, { ...often, onFault: events.catalogueFault }).catch(
    (error: unknown) => {
      members.stop();
      clearInterval(around);
      throw error;
    },
  );
  return {
    members: peers.directory,
    standing: (graceSeconds) => registryStanding(taken(registry).document, now(), graceSeconds),
    catalogue: () => taken(catalogue).catalogue,
    logKeys: () => taken(registry).document.log ?? [],
    async refresh() {
      await members.refresh();
      await peers.refresh();
      await items.refresh();
    },
    stop() {
      members.stop();
      clearInterval(around);
      items.stop();
    },
  };
}

function taken<Version extends Published>(follower: Follower<Version>): Version {
  const version = follower.current();
  if (version === undefined) throw new Error("no version was taken");
  return version;
}

/** Other cities' registries, as the own gateway hands them on: this node needs no way to anybody else. */
async function peersOf(
  config: AgentConfig,
  registry: Follower<Registry>,
  { get, events, now }: CityDependencies,
): Promise<Peers> {
  const fileOf = (peer: Peer) => join(config.peers, `${anchorName(peer)}.jws`);
  await mkdir(config.peers, { recursive: true, mode: 0o700 });
  const peers = await followPeers({
    own: () => taken(registry),
    originOf: ({ city }) => createHttpOrigin(`/v1/peers/${city}/registry`, get),
    read: (peer) => readRegistryFile(fileOf(peer), now()),
    keep: (peer, text) => writeRegistryFile(fileOf(peer), text),
    now,
    onTaken: events.peerTaken,
    onFault: events.peerFault,
    onError: events.failed,
  });
  await within(newestWithinMs, peers.refresh().catch(events.failed));
  return peers;
}

async function registryOf(
  config: AgentConfig,
  { get, events, now }: CityDependencies,
): Promise<Follower<Registry>> {
  const held = await readRegistryFile(config.registry, now());
  ofOwnCity(config.registry, "registry", held, config);
  if (held !== undefined) events.registryTaken(held);
  return createRegistryFollower({
    held,
    pinned: { city: config.gateway.node, keyIds: new Set(config.registryKeys) },
    origin: createHttpOrigin("/v1/registry", get),
    keep: (text) => writeRegistryFile(config.registry, text),
    now,
    onTaken: events.registryTaken,
  });
}

async function catalogueOf(
  config: AgentConfig,
  registry: Follower<Registry>,
  { get, events, now }: CityDependencies,
): Promise<Follower<PublishedCatalogue>> {
  const held = await readCatalogueFile(config.catalogue);
  ofOwnCity(config.catalogue, "catalogue", held, config);
  if (held !== undefined) events.catalogueTaken(held);
  return createCatalogueFollower({
    held,
    anchor: () => ({ city: config.gateway.node, keys: taken(registry).document.keys }),
    origin: createHttpOrigin("/v1/catalogue", get),
    keep: (text) => writeCatalogueFile(config.catalogue, text),
    now,
    onTaken: events.catalogueTaken,
  });
}

function ofOwnCity(
  file: string,
  name: string,
  held: Published | undefined,
  { gateway: { node } }: AgentConfig,
): void {
  if (held === undefined || held.document.iss === node) return;
  throw new ConfigError(file, [
    `is the ${name} of ${held.document.iss}, not of ${node}: remove it to take the other city's anew`,
  ]);
}
