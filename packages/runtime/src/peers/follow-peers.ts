import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import {
  createFederation,
  type Directory,
  isInForce,
  type Peer,
  type PeerMembers,
  type Registry,
  registryStanding,
} from "@xinqiao/protocol/registry";
import type { Origin } from "../published/index.ts";
import { createRegistryFollower, type RegistryFollower } from "../registry/index.ts";

/** The cities that this node's own city has approved, each by its own registry. */
export interface Peers {
  /** Everybody this node knows: its own city's members, and of each peer's those within the bounds. */
  directory(): Directory;
  /** What is held of one peer. */
  registry(city: NodeId): Registry | undefined;
  /** Looks for new versions of every peer's registry, and forgets peers that are none any more. */
  refresh(): Promise<void>;
}

export interface PeersDependencies {
  /** The own city's registry: it says who is a peer. */
  readonly own: () => Registry;
  readonly originOf: (peer: Peer) => Origin;
  /** What was kept of a peer's registry; nothing when none was. */
  readonly read: (city: NodeId) => Promise<Registry | undefined>;
  readonly keep: (city: NodeId, text: string) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onTaken: (registry: Registry) => void;
  /** A version that was not taken; what is held stays. */
  readonly onFault: (city: NodeId, reason: Fault) => void;
}

interface Followed {
  readonly peer: Peer;
  readonly follower: RegistryFollower;
}

export async function followPeers(deps: PeersDependencies): Promise<Peers> {
  let followed = new Map<NodeId, Followed>();
  let built: { readonly own: Registry; readonly directory: Directory } | undefined;

  /** Who is a peer now, by the newest registry: those in force, each with what was kept of it. */
  async function takeUp(): Promise<void> {
    const next = new Map<NodeId, Followed>();
    for (const peer of deps.own().document.peers ?? []) {
      if (!isInForce(peer, deps.now())) continue;
      const before = followed.get(peer.city);
      next.set(
        peer.city,
        before && sameAnchor(before.peer, peer) ? { ...before, peer } : await follow(peer, deps),
      );
    }
    followed = next;
  }

  function build(own: Registry): Directory {
    const peers = [...followed.values()].flatMap(({ peer, follower }) =>
      asMembers(peer, follower, deps.now()),
    );
    return peers.length === 0 ? own.directory : createFederation(own.directory, peers);
  }

  await takeUp();
  return {
    directory() {
      const own = deps.own();
      // Asked for at every request: built again only when somebody's registry has changed.
      if (built?.own !== own) built = { own, directory: build(own) };
      return built.directory;
    },
    registry: (city) => followed.get(city)?.follower.current(),
    async refresh() {
      await takeUp();
      await Promise.all(
        [...followed].map(async ([city, { follower }]) => {
          const refreshed = await follower.refresh();
          if (!refreshed.ok) deps.onFault(city, refreshed.error);
        }),
      );
      built = undefined;
    },
  };
}

/** Another key or another address is another beginning. */
function sameAnchor(before: Peer, after: Peer): boolean {
  return before.origin === after.origin && [...before.keys].sort().join() === [...after.keys].sort().join();
}

async function follow(
  peer: Peer,
  { originOf, read, keep, now, onTaken }: PeersDependencies,
): Promise<Followed> {
  const held = await read(peer.city);
  const follower = createRegistryFollower({
    held: held?.document.iss === peer.city ? held : undefined,
    pinned: { city: peer.city, keyIds: new Set(peer.keys) },
    origin: originOf(peer),
    keep: (text) => keep(peer.city, text),
    now,
    onTaken,
  });
  return { peer, follower };
}

/** Nothing of a peer whose registry was never taken, or is past its end and its grace. */
function asMembers(peer: Peer, follower: RegistryFollower, now: number): PeerMembers[] {
  const registry = follower.current();
  if (registry === undefined || registryStanding(registry.document, now) === "expired") return [];
  return [{ peer, directory: registry.directory, members: registry.document.members }];
}
