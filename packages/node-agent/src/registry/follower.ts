import { type Fault, fault } from "@xinqiao/protocol/problem";
import { type Registry, type RegistryAnchor, type Succession, succeed } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { KeepRegistry, RegistryOrigin } from "./port.ts";

/** Follows the city's registry: holds the newest version that follows from the one before. */
export interface RegistryFollower {
  /** Nothing before the first version was taken. */
  current(): Registry | undefined;
  /** Takes what is new, in order. A fault leaves the version held as it is. */
  refresh(): Promise<Result<void, Fault>>;
}

export interface FollowerDependencies {
  readonly held: Registry | undefined;
  readonly pinned: RegistryAnchor;
  readonly origin: RegistryOrigin;
  readonly keep: KeepRegistry;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onTaken: (registry: Registry) => void;
}

/** Versions followed in one refresh: one that claims to be a million on must not keep us asking for ever. */
const mostBehind = 1_000;

export function createRegistryFollower(deps: FollowerDependencies): RegistryFollower {
  const { pinned, origin, keep, now, onTaken } = deps;
  let held = deps.held;
  let refreshing: Promise<Result<void, Fault>> | undefined;

  async function take(text: string): Promise<Result<Succession, Fault>> {
    const succession = succeed(held, text, pinned, now());
    if (!succession.ok || succession.value.kind !== "next") return succession;
    const { registry } = succession.value;
    await keep(registry.text);
    held = registry;
    onTaken(registry);
    return succession;
  }

  async function follow(): Promise<Result<void, Fault>> {
    const newest = await origin.newest(held?.hash);
    if (!newest.ok) return newest;
    if (newest.value === "unchanged") return ok(undefined);
    const taken = await take(newest.value);
    if (!taken.ok) return taken;
    return taken.value.kind === "behind" ? catchUp(taken.value.missing) : ok(undefined);
  }

  async function catchUp({ from, to }: { from: number; to: number }): Promise<Result<void, Fault>> {
    // Nothing of it is proven yet: it is no fork that anybody could show.
    if (to - from > mostBehind) return err(fault("registry.key-unknown", undefined, { version: to }));
    for (let version = from; version <= to; version += 1) {
      const text = await origin.version(version);
      if (!text.ok) return text;
      const taken = await take(text.value);
      if (!taken.ok) return taken;
      if (taken.value.kind !== "next") return err(fault("registry.forked", undefined, { version }));
    }
    return ok(undefined);
  }

  return {
    current: () => held,
    refresh() {
      // One at a time: two would take the same version twice.
      refreshing ??= follow().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
}
