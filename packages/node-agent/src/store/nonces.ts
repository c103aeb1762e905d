import type { Database } from "better-sqlite3";

export interface Nonces {
  /**
   * True the first time a key's nonce is seen, false until it has expired (`expiresAt` in milliseconds
   * since 1970). For messages that were verified: their own expiry tells the time.
   */
  claimNonce(keyId: string, nonce: string, expiresAt: number): boolean;
}

/** Claims between two times of forgetting, and how many are forgotten then: more than were added since. */
const purgeEvery = 64;
const purgeLimit = 512;
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
  let claims = 0;
  return {
    claimNonce(keyId, nonce, expiresAt) {
      claims += 1;
      if (claims % purgeEvery === 1) purge.run(expiresAt - longestLifeMs, purgeLimit);
      return claim.run(keyId, nonce, expiresAt).changes === 1;
    },
  };
}
