import type { Fault } from "@xinqiao/protocol/problem";
import type { Published } from "@xinqiao/protocol/published";
import { ok, type Result } from "@xinqiao/protocol/result";
import { single } from "../single/index.ts";
import { advance, type FollowedKind } from "./advance.ts";
import type { Keep, Origin } from "./port.ts";

/** Follows what the city publishes: holds the newest version that follows from the one before. */
export interface Follower<Version extends Published> {
  /** Nothing before the first version was taken. */
  current(): Version | undefined;
  /** Takes what is new. A fault leaves the version held as it is. */
  refresh(): Promise<Result<void, Fault>>;
}

export interface FollowerOptions<Version extends Published> {
  readonly kind: FollowedKind<Version>;
  readonly held: Version | undefined;
  readonly origin: Origin;
  readonly keep: Keep;
  readonly onTaken: (version: Version) => void;
}

export function createFollower<Version extends Published>(
  options: FollowerOptions<Version>,
): Follower<Version> {
  const { kind, origin, keep, onTaken } = options;
  let held = options.held;

  const walk = {
    kind,
    held: () => held,
    textOf: origin.version,
    async take(version: Version) {
      await keep(version.text);
      held = version;
      onTaken(version);
    },
  };

  async function follow(): Promise<Result<void, Fault>> {
    const newest = await origin.newest(held?.hash);
    if (!newest.ok) return newest;
    return newest.value === "unchanged" ? ok(undefined) : advance(newest.value, walk);
  }

  return {
    current: () => held,
    // Two at once would take the same version twice.
    refresh: single(follow),
  };
}
