import type { Fault } from "@xinqiao/protocol/problem";
import type { WithdrawalFollower } from "./follower.ts";

export interface HearingOptions {
  readonly everySeconds: number;
  /** Told of the first of several faults in a row. */
  readonly onFault: (reason: Fault) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Follows the withdrawals from now on. A city that is away costs what it could have told, and no start.
 * @returns what ends it
 */
export function keepHearing(
  follower: WithdrawalFollower,
  { everySeconds, onFault, onError }: HearingOptions,
): () => void {
  let failing = false;
  const refresh = async () => {
    try {
      const refreshed = await follower.refresh();
      if (!refreshed.ok && !failing) onFault(refreshed.error);
      failing = !refreshed.ok;
    } catch (error) {
      onError(error);
    }
  };
  void refresh();
  const timer = setInterval(() => void refresh(), everySeconds * 1000).unref();
  return () => clearInterval(timer);
}
