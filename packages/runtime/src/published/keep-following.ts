import { type Fault, FaultError } from "@xinqiao/protocol/problem";
import type { Published } from "@xinqiao/protocol/published";
import type { Follower } from "./follower.ts";

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
  /** Told of what nobody expected: a disk that does not take the version. What is held goes on counting. */
  readonly onError: (error: unknown) => void;
}

/** As much of a follower as is needed to keep it going. */
export interface Followed extends Pick<Follower<Published>, "refresh"> {
  current(): object | undefined;
}

/** How long a start waits for news when there is something to start with. */
export const newestWithinMs = 2_000;
/** Waits for work no longer than so many milliseconds; the work goes on. */
export async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const patience = AbortSignal.timeout(milliseconds);
  await Promise.race([work, new Promise((resolve) => patience.addEventListener("abort", resolve))]);
}

const firstPauseMs = 500;
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, firstPauseMs));

/**
 * Takes the first version, when none is held, and follows from then on. Throws when there is none in time; later a
 * city that is away costs nothing but news.
 */
export async function keepFollowing(
  follower: Followed,
  { refreshSeconds, firstWithinMs, onFault, onError }: FollowingOptions,
): Promise<Following> {
  const refresh = async () => {
    const refreshed = await follower.refresh();
    if (!refreshed.ok) onFault(refreshed.error);
    return refreshed;
  };
  const end = performance.now() + firstWithinMs;
  while (follower.current() === undefined) {
    const refreshed = await refresh();
    if (!refreshed.ok && performance.now() >= end) throw new FaultError(refreshed.error);
    if (!refreshed.ok) await pause();
  }
  const refreshSafely = async () => {
    await refresh().catch(onError);
  };
  // A city that is away or slow keeps no member from starting with what it holds.
  await within(newestWithinMs, refreshSafely());
  const timer = setInterval(() => void refreshSafely(), refreshSeconds * 1000).unref();
  return {
    refresh: refreshSafely,
    stop: () => clearInterval(timer),
  };
}
