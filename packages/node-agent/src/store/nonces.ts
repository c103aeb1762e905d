import type { Database } from "better-sqlite3";

export interface Nonces {
  /**
   * True the first time a key's nonce is seen, false until it has expired (`expiresAt` in milliseconds
   * since 1970). For messages that were verified: their own expiry tells the time.
   */
  claimNonce(keyId: string, nonce: string, expiresAt: number): boolean;
}

/** Forgotten with each claim: more than a claim adds, few enough never to stall one. */
const purgeLimit = 8;
/**
 * A verified message expires minutes from now at most. So a nonce that expired an hour before the one
 * being claimed has expired by any clock, and no clock is needed to say so.
 */
const longestLifeMs = 3_600_000;

export function createNonces(database: Database): Nonces {
  const claim = database.prepare<[string, string, number]>(
    "INSERT INTO nonce (key_id, nonce, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const purge = database.prepare<[number, number]>(
    `DELETE FROM nonce WHERE (key_id, nonce) IN
     (SELECT key_id, nonce FROM nonce WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
  );
  const purgeAndClaim = database.transaction((keyId: string, nonce: string, expiresAt: number) => {
    purge.run(expiresAt - longestLifeMs, purgeLimit);
    return claim.run(keyId, nonce, expiresAt).changes === 1;
  });
  return {
    claimNonce: (keyId, nonce, expiresAt) => purgeAndClaim.immediate(keyId, nonce, expiresAt),
  };
}
