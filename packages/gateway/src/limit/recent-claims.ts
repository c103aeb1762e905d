import type { NonceClaim } from "../log/index.ts";

/**
 * Claims taken up lately. The log alone decides what a replay is; this only knows most of them sooner, so that
 * whoever sends a captured request again does not use up its sender's rate.
 */
export interface RecentClaims {
  has(claim: NonceClaim): boolean;
  add(claim: NonceClaim): void;
}

/** @param capacity the oldest are forgotten beyond it */
export function createRecentClaims(capacity: number, now: () => number): RecentClaims {
  const expiries = new Map<string, number>();
  const name = ({ keyId, nonce }: NonceClaim) => `${keyId} ${nonce}`;
  return {
    has(claim) {
      const expiry = expiries.get(name(claim));
      return expiry !== undefined && expiry >= now();
    },
    add(claim) {
      expiries.set(name(claim), claim.expiresAt);
      const [oldest] = expiries.keys();
      if (expiries.size > capacity && oldest !== undefined) expiries.delete(oldest);
    },
  };
}
