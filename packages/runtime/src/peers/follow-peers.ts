import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import {
  anchorName,
  createFederation,
  type Directory,
  isInForce,
  type Peer,
  type PeerMembers,
  type Registry,
  registryStanding,
} from "@xinqiao/protocol/registry";
import { ok } from "@xinqiao/protocol/result";
import type { Origin } from "../published/index.ts";
import { createRegistryFollower, type RegistryFollower } from "../registry/index.ts";

/** The cities that this node's own city has approved, each by its own registry. */
export interface Peers {
  /** Everybody this node knows: its own city's members, and of each peer's those within the bounds. */
  directory(): Directory;
  peer(city: NodeId): Peer | undefined;
  /** What is held of one peer. */
  registry(city: NodeId): Registry | undefined;
  /** Looks for new versions of every peer's registry, and forgets peers that are none any more. */
  refresh(): Promise<void>;
}

export interface PeersDependencies {
  /** The own city's registry: it says who is a peer. */
  readonly own: () => Registry;
  readonly originOf: (peer: Peer) => Origin;
  /** What was kept of a peer's registry, taken by these very keys; nothing when none was. */
  readonly read: (peer: Peer) => Promise<Registry | undefined>;
  readonly keep: (peer: Peer, text: string) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onTaken: (registry: Registry) => void;
  /** A version that was not taken; what is held stays. */
  readonly onFault: (city: NodeId, reason: Fault) => void;
  /** Told of what nobody expected: a disk that does not take the version. What is held goes on counting. */
  readonly onError: (error: unknown) => void;
}

interface Followed {
  readonly peer: Peer;
  readonly follower: RegistryFollower;
}

export async function followPeers(deps: PeersDependencies): Promise<Peers> {
  let followed = new Map<NodeId, Followed>();
  let built: Built | undefined;
  let takingUp: Promise<void> = Promise.resolve();

  /** Who is a peer now, by the newest registry: each with what was kept of it. One at a time, or one peer had two followers. */
  function takeUp(): Promise<void> {
    takingUp = takingUp.then(async () => {
      const next = new Map<NodeId, Followed>();
      for (const peer of deps.own().document.peers ?? []) {
        const before = followed.get(peer.city);
        const same =
          before && anchorName(before.peer) === anchorName(peer) && before.peer.origin === peer.origin;
        next.set(peer.city, same ? { ...before, peer } : { peer, follower: await follow(peer) });
      }
      followed = next;
      built = undefined;
    });
    return takingUp;
  }

  async function follow(peer: Peer): Promise<RegistryFollower> {
    const held = await deps.read(peer);
    return createRegistryFollower({
      held: held?.document.iss === peer.city ? held : undefined,
      pinned: { city: peer.city, keyIds: new Set(peer.keys) },
      origin: deps.originOf(peer),
      keep: (text) => deps.keep(peer, text),
      now: deps.now,
      onTaken(registry) {
        built = undefined;
        deps.onTaken(registry);
      },
    });
  }

  await takeUp();
  return {
    directory() {
      const own = deps.own();
      // Asked for at every request: built again only when a registry has changed, or an end has passed.
      if (built?.own !== own || deps.now() >= built.until)
        built = build(own, [...followed.values()], deps.now());
      return built.directory;
    },
    peer: (city) => followed.get(city)?.peer,
    registry: (city) => followed.get(city)?.follower.current(),
    async refresh() {
      await takeUp();
      // Each for itself: one that hangs or fails keeps nobody else's news.
      await Promise.all(
        [...followed].map(async ([city, { follower }]) => {
          const refreshed = await follower.refresh().catch((error: unknown) => {
            deps.onError(error);
            return ok(undefined);
          });
          if (!refreshed.ok) deps.onFault(city, refreshed.error);
        }),
      );
    },
  };
}

interface Built {
  readonly own: Registry;
  readonly directory: Directory;
  /** Milliseconds since 1970 at which an agreement or a registry begins or ends. */
  readonly until: number;
}

/** Of each peer in force whose registry counts; nothing of one that was never taken, or is past its end and its grace. */
function build(own: Registry, followed: readonly Followed[], now: number): Built {
  const ends: number[] = [];
  const peers = followed.flatMap(({ peer, follower }): PeerMembers[] => {
    const registry = follower.current();
    const { notBefore, notAfter } = peer;
    ends.push(
      Date.parse(notBefore),
      notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter),
    );
    if (registry === undefined || !isInForce(peer, now)) return [];
    const { document, directory } = registry;
    // Through its last instant.
    ends.push((document.exp + document.grace) * 1000 + 1);
    if (registryStanding(document, now) === "expired") return [];
    return [{ peer, directory, members: document.members }];
  });
  const until = Math.min(...ends.filter((end) => end > now));
  return {
    own,
    until,
    directory: peers.length === 0 ? own.directory : createFederation(own.directory, peers),
  };
}
