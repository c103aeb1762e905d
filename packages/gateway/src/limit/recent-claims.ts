import type { NonceClaim } from "../log/index.ts";

/**
 * Claims taken up lately. The log alone decides what a replay is; this only knows most of them sooner, so that
 * whoever sends a captured request again does not use up its sender's rate.
 */
export interface RecentClaims {
  has(claim: NonceClaim): boolean;
  add(claim: NonceClaim): void;
}

/**
 * Two generations: the older is dropped whole when the younger is full, which costs nothing a claim.
 * @param capacity of both; half of it at least is remembered
 */
export function createRecentClaims(capacity: number, now: () => number): RecentClaims {
  const half = Math.ceil(capacity / 2);
  let younger = new Map<string, number>();
  let older = new Map<string, number>();
  const name = ({ keyId, nonce }: NonceClaim) => `${keyId} ${nonce}`;
  return {
    has(claim) {
      const expiry = younger.get(name(claim)) ?? older.get(name(claim));
      return expiry !== undefined && expiry >= now();
    },
    add(claim) {
      younger.set(name(claim), claim.expiresAt);
      if (younger.size < half) return;
      older = younger;
      younger = new Map();
    },
  };
}
