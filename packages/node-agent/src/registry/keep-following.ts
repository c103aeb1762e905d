import { setTimeout as delay } from "node:timers/promises";
import { type Fault, FaultError } from "@xinqiao/protocol/problem";
import type { RegistryFollower } from "./follower.ts";

export interface Following {
  /** Refreshes now, too. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface FollowingOptions {
  readonly refreshSeconds: number;
  /** How long a first start waits for its city, in milliseconds. */
  readonly firstWithinMs: number;
  readonly onFault: (reason: Fault) => void;
}

const firstPauseMs = 500;

/**
 * Takes the first version, when none is held, and follows from then on. Throws when there is none in time; later a
 * city that is away costs nothing but news.
 */
export async function keepFollowing(
  follower: RegistryFollower,
  { refreshSeconds, firstWithinMs, onFault }: FollowingOptions,
): Promise<Following> {
  const refresh = async () => {
    const refreshed = await follower.refresh();
    if (!refreshed.ok) onFault(refreshed.error);
    return refreshed;
  };
  for (let waited = 0; follower.current() === undefined; waited += firstPauseMs) {
    const refreshed = await refresh();
    if (!refreshed.ok && waited >= firstWithinMs) throw new FaultError(refreshed.error);
    if (!refreshed.ok) await delay(firstPauseMs);
  }
  void refresh();
  const timer = setInterval(() => void refresh(), refreshSeconds * 1000).unref();
  return {
    async refresh() {
      await refresh();
    },
    stop: () => clearInterval(timer),
  };
}
