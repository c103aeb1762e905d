import type { Database } from "better-sqlite3";

export interface Nonces {
  /** True the first time a key's nonce is seen. It stays taken until it has expired and is purged. */
  claimNonce(keyId: string, nonce: string, expiresAt: number): boolean;
  /** Forgets nonces that expired before `now` (both in milliseconds since 1970); their messages are refused by age. */
  purgeNonces(now: number): number;
}

export function createNonces(database: Database): Nonces {
  const claim = database.prepare<[string, string, number]>(
    "INSERT INTO nonce (key_id, nonce, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const purge = database.prepare<[number]>("DELETE FROM nonce WHERE expires_at < ?");
  return {
    claimNonce: (keyId, nonce, expiresAt) => claim.run(keyId, nonce, expiresAt).changes === 1,
    purgeNonces: (now) => purge.run(now).changes,
  };
}
