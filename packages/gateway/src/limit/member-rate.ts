import { type Fault, fault } from "@xinqiao/protocol/problem";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

export interface Rate {
  readonly requests: number;
  readonly perSeconds: number;
}

/** A share of the gateway's time for each key: a member's node id, or an address that is not one yet. */
export interface RateLimit {
  take(key: string): Promise<Fault | undefined>;
}

export function createRateLimit({ requests, perSeconds }: Rate): RateLimit {
  const limiter = new RateLimiterMemory({ points: requests, duration: perSeconds });
  return {
    async take(key) {
      try {
        await limiter.consume(key);
        return undefined;
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        const retryAfterMs = refused.msBeforeNext;
        return fault("limit.rate", undefined, { requests, perSeconds, retryAfterMs });
      }
    },
  };
}
