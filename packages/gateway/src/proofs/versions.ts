import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntry } from "@xinqiao/protocol/log";
import { isNamed, type Peer, type Registry, reopenRegistry } from "@xinqiao/protocol/registry";
import type { ProofSource, TakenKind } from "../log/index.ts";
import { type IndexedEntry, readLeaf } from "./indexed-entry.ts";

/** Where versions of registries are kept as they were signed. */
export interface RegistryTexts {
  own(version: number): Promise<string | undefined>;
  peer(peer: Peer, version: number): Promise<string | undefined>;
}

export interface TakenVersion {
  readonly taken: IndexedEntry;
  readonly registry: Registry;
}

interface VersionDependencies {
  readonly source: ProofSource;
  readonly texts: RegistryTexts;
}

/**
 * The versions that counted while these entries were written, and the one that counted when the checkpoint was signed: by
 * the one keys are told, by the other witnesses. In the order of the log.
 */
export async function versionsFor(
  entries: readonly IndexedEntry[],
  size: number,
  deps: VersionDependencies,
): Promise<readonly TakenVersion[]> {
  const [first, last] = [entries.at(0)?.index ?? 0, entries.at(-1)?.index ?? 0];
  const atCheckpoint = newest("registry.taken", size, deps.source);
  const own = [...takenSince("registry.taken", first, last, deps.source)];
  if (atCheckpoint && !own.some(({ index }) => index === atCheckpoint.index)) own.unshift(atCheckpoint);
  const versions = await Promise.all(own.map((taken) => openOwn(taken, deps.texts)));
  const peers = peersOf(entries, versions);
  const theirs = await Promise.all(peers.map((peer) => versionsOfPeer(peer, first, last, deps)));
  return [...versions, ...theirs.flat()].sort((one, other) => one.taken.index - other.taken.index);
}

function newest(kind: TakenKind, before: number, source: ProofSource): IndexedEntry | undefined {
  for (const leaf of source.taken(kind, before)) return readLeaf(leaf);
  return undefined;
}

/** Those taken before `last`, back to the one that counted at `first`. Newest first. */
function* takenSince(
  kind: TakenKind,
  first: number,
  last: number,
  source: ProofSource,
  isOf: (entry: LogEntry) => boolean = () => true,
): Generator<IndexedEntry> {
  for (const leaf of source.taken(kind, last)) {
    const taken = readLeaf(leaf);
    if (!isOf(taken.entry)) continue;
    yield taken;
    if (taken.index < first) return;
  }
}

async function openOwn(taken: IndexedEntry, texts: RegistryTexts): Promise<TakenVersion> {
  const { entry } = taken;
  const text =
    "version" in entry && typeof entry.version === "number" ? await texts.own(entry.version) : undefined;
  return opened(taken, text);
}

/** Peers that somebody of these entries is of. */
function peersOf(entries: readonly IndexedEntry[], versions: readonly TakenVersion[]): readonly Peer[] {
  const nodes = new Set(entries.flatMap(({ entry }) => nodesOf(entry)));
  const peers = new Map<string, Peer>();
  for (const { registry } of versions) {
    for (const peer of registry.document.peers ?? []) {
      const involved = [...nodes].some((node) => isNamed(node, peer));
      if (involved) peers.set(peer.city, peer);
    }
  }
  return [...peers.values()];
}

function nodesOf(entry: LogEntry): readonly NodeId[] {
  const rows = entry.kind === "lookup.outcome" ? entry.rows.map(({ node }) => node) : [];
  const requester = "requester" in entry && entry.requester !== undefined ? [entry.requester] : [];
  return [...(entry.actor === null ? [] : [entry.actor]), ...requester, ...rows];
}

async function versionsOfPeer(
  peer: Peer,
  first: number,
  last: number,
  { source, texts }: VersionDependencies,
): Promise<readonly TakenVersion[]> {
  const isOf = (entry: LogEntry) => entry.kind === "peer.taken" && entry.city === peer.city;
  const taken = [...takenSince("peer.taken", first, last, source, isOf)];
  return Promise.all(
    taken.map(async (each) => {
      const text = each.entry.kind === "peer.taken" ? await texts.peer(peer, each.entry.version) : undefined;
      return opened(each, text);
    }),
  );
}

/** Throws when the folder has lost what the log names: nothing could be proved by it. */
function opened(taken: IndexedEntry, text: string | undefined): TakenVersion {
  const registry = text === undefined ? undefined : reopenRegistry(text, Date.parse(taken.entry.at));
  if (!registry?.ok) throw new Error(`the registry that entry ${taken.index} names is gone or damaged`);
  return { taken, registry: registry.value };
}
