import { type Registry, type RegistryAnchor, registryType } from "@xinqiao/protocol/registry";
import { createFollower, type Follower, type Keep, type Origin } from "../published/index.ts";
import { succeed } from "./succeed.ts";

/** Follows the city's registry. */
export type RegistryFollower = Follower<Registry>;

export interface FollowerDependencies {
  readonly held: Registry | undefined;
  readonly pinned: RegistryAnchor;
  readonly origin: Origin;
  readonly keep: Keep;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onTaken: (registry: Registry) => void;
}

export function createRegistryFollower({ pinned, now, ...rest }: FollowerDependencies): RegistryFollower {
  return createFollower({
    ...rest,
    kind: {
      name: "registry",
      type: registryType,
      succeed: (held, text) => succeed(held, text, pinned, now()),
    },
  });
}
