import { type Fault, fault } from "@xinqiao/protocol/problem";

/** Counts requests in progress, so that too many are refused and none is cut off at shutdown. */
export interface InFlight {
  /** A place, or the reason there is none. Call `leave` exactly once for each place taken. */
  enter(): Fault | undefined;
  leave(): void;
  drain(): void;
  /** Resolves when nothing is in progress. */
  idle(): Promise<void>;
  readonly draining: boolean;
  readonly count: number;
}

export function createInFlight(limit: number): InFlight {
  let count = 0;
  let draining = false;
  const waiting: (() => void)[] = [];
  return {
    enter() {
      if (draining) return fault("server.draining");
      if (count >= limit) return fault("limit.concurrency", undefined, { limit });
      count += 1;
      return undefined;
    },
    leave() {
      count -= 1;
      if (count === 0) for (const resolve of waiting.splice(0)) resolve();
    },
    async idle() {
      if (count > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    drain() {
      draining = true;
    },
    get draining() {
      return draining;
    },
    get count() {
      return count;
    },
  };
}
