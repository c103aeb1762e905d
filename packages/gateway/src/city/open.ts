import type { PublishedCatalogue } from "@xinqiao/protocol/catalogue";
import { clockToleranceSeconds } from "@xinqiao/protocol/clock";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { FaultError, fault } from "@xinqiao/protocol/problem";
import { changesBetween, type Directory, holdsKey, type Registry } from "@xinqiao/protocol/registry";
import type { KeyRing } from "@xinqiao/runtime/keys";
import type { Peers } from "@xinqiao/runtime/peers";
import type { GetFromGateway } from "@xinqiao/runtime/published";
import { openActsFolder, recordActs } from "../acts/index.ts";
import { type CatalogueHolder, createCatalogueHolder, openCatalogueFolder } from "../catalogue/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { AuditLog } from "../log/index.ts";
import { followPeerCities, openPeerFolder } from "../peers/index.ts";
import { watch } from "../published/index.ts";
import { createRegistryHolder, openRegistryFolder, type RegistryHolder } from "../registry/index.ts";
import type { SearchIndex } from "../search/index.ts";
import { lastTaken } from "../store/sqlite/index.ts";
import type { GatewayEvents, Metrics } from "../telemetry/index.ts";

/** What the gateway decides by, kept up to date while it runs. */
export interface City {
  readonly registry: RegistryHolder;
  readonly catalogue: CatalogueHolder;
  readonly peers: Pick<Peers, "registry"> & {
    /** One version of a peer's registry, as it was taken. */
    text(city: NodeId, version: number): Promise<string | undefined>;
  };
  /** The city's own members and, within their bounds, those of its peers. */
  members(): Directory;
  /** Writes down what operators did, as far as it is not yet. */
  recordActs(): Promise<void>;
  /** Takes everything that is new, now. */
  reload(): Promise<void>;
  stop(): void;
}

export interface CityDependencies {
  /** Of the software. */
  readonly version: string;
  readonly log: AuditLog;
  readonly index: Pick<SearchIndex, "forget">;
  readonly metrics: Metrics;
  readonly events: GatewayEvents;
  readonly keys: KeyRing;
  readonly now: () => number;
  readonly getFrom: (origin: string) => GetFromGateway;
}

/** A key is changed over to when it counts by every clock that is right enough. */
const marginMs = clockToleranceSeconds * 1000;

/** How often the folders of registry, catalogue and operators' acts are looked at. */
const watchEveryMs = 2_000;

export async function openCity(config: GatewayConfig, deps: CityDependencies): Promise<City> {
  const { log, events, keys, now, getFrom } = deps;
  const { registry, catalogue } = await begin(config, deps);
  const acts = openActsFolder(config.acts);
  const folder = openPeerFolder(config.peers, now);
  const peers = await followPeerCities({ own: registry.current, getFrom, folder, log, now, events });
  const keepUp = async () => {
    // An act that cannot be written down is for an operator to look at; it holds no suspension back.
    await recordActs(acts, deps).catch(events.failed);
    const before = registry.current();
    await registry.reload();
    // Who is a peer may have changed. Another city that is away holds nothing up.
    if (registry.current() !== before) void peers.refresh().catch(events.failed);
    const { directory } = registry.current();
    const keyId = await keys.follow((id) => holdsKey(directory, config.node, id, now() - marginMs));
    if (keyId !== undefined) events.keyChanged(keyId);
  };
  await keepUp();
  void peers.refresh().catch(events.failed);
  const watches = [
    watch(keepUp, watchEveryMs, events.failed),
    watch(catalogue.reload, watchEveryMs, events.failed),
    watch(peers.refresh, config.peerRefreshSeconds * 1000, events.failed),
  ];
  return {
    registry,
    catalogue,
    peers: {
      registry: peers.registry,
      async text(node, version) {
        const peer = peers.peer(node);
        return peer && folder.text(peer, version);
      },
    },
    members: peers.directory,
    recordActs: () => recordActs(acts, deps),
    async reload() {
      await keepUp();
      await catalogue.reload();
      await peers.refresh();
    },
    stop() {
      for (const stop of watches) stop();
    },
  };
}

/** The log says that the gateway has started, and by which registry and catalogue it decides. */
async function begin(
  config: GatewayConfig,
  { version, log, metrics, now }: Pick<CityDependencies, "version" | "log" | "metrics" | "now">,
): Promise<{ readonly registry: RegistryHolder; readonly catalogue: CatalogueHolder }> {
  const write = async (draft: LogEntryDraft) => {
    const written = await log.append(draft);
    if (!written.ok) throw new FaultError(fault(written.error.code));
  };
  await write({ kind: "gateway.started", exchange: null, actor: null, version });
  const registry = await createRegistryHolder(openRegistryFolder(config.registry, now), {
    city: config.node,
    last: lastTaken(config.log, "registry.taken"),
    now,
    async onTaken(taken, before) {
      const { version: taking } = taken.document;
      for (const change of changesBetween(before?.document, taken.document)) {
        await write({ kind: "member.changed", exchange: null, actor: null, version: taking, ...change });
      }
      await write(takenEntry("registry.taken", taken));
      metrics.registryEnd.set(taken.document.exp);
    },
  });
  metrics.registryEnd.set(registry.current().document.exp);
  const catalogue = await createCatalogueHolder(openCatalogueFolder(config.catalogue), {
    anchor: () => ({ city: config.node, keys: registry.current().document.keys }),
    last: lastTaken(config.log, "catalogue.taken"),
    now,
    async onTaken(taken) {
      await write(takenEntry("catalogue.taken", taken));
      metrics.catalogueVersion.set(taken.document.version);
    },
  });
  metrics.catalogueVersion.set(catalogue.current().document.version);
  return { registry, catalogue };
}

function takenEntry(
  kind: "registry.taken" | "catalogue.taken",
  { document, hash }: Registry | PublishedCatalogue,
): LogEntryDraft {
  return { kind, exchange: null, actor: null, version: document.version, hash };
}
