import type { Allowance, AuthorisationId, NonceClaim, SpendError } from "../../log/index.ts";
import type { Database } from "./database.ts";
import type { Staged } from "./staged.ts";

/** What entries spend: nonces, exchange ids and allowances. Called inside the writer's transaction only. */
export interface Claims {
  /** Spends an entry's claim whole, or nothing of it and says why. */
  spend(staged: Pick<Staged, "claim" | "exchange">): SpendError | undefined;
  withdraw(authorisation: NonNullable<Staged["withdraws"]>): void;
  /** Drops some of what is past its time. */
  forget(at: number): void;
}

/** Rows forgotten with each commit: more than a commit adds on average, few enough never to stall one. */
const forgetLimit = 512;

/** A clock that jumps ahead and back must not have made us forget what is still valid. */
const forgetMarginMs = 3_600_000;

export function createClaims(database: Database): Claims {
  const sql = prepare(database);
  const once = ({ keyId, expiresAt }: NonceClaim, value: string) =>
    sql.nonce.run(keyId, value, expiresAt).changes === 1;
  const isUsedUp = ({ name, most }: Allowance) => (sql.used.get(name)?.used ?? 0) >= most;

  const isWithdrawn = ({ issuer, id }: AuthorisationId) => sql.withdrawn.get(issuer, id) !== undefined;

  /** Looked at before anything is written: an entry that is refused leaves its nonce for the entry of the refusal. */
  function refusal({ allowances = [], authorisation }: NonceClaim): SpendError | undefined {
    if (authorisation !== undefined && isWithdrawn(authorisation)) {
      return { code: "authorisation.withdrawn" };
    }
    const over = allowances.find(isUsedUp);
    return over && { code: over.exceeded, allowance: over.name };
  }

  return {
    spend({ claim, exchange }) {
      if (claim === undefined) return undefined;
      const refused = refusal(claim);
      if (refused) return refused;
      if (!once(claim, claim.nonce)) return { code: "signature.replayed" };
      // Nonce and exchange id share a table: a nonce is base64url, so it never looks like an id.
      if (exchange !== null && !once(claim, `id:${exchange.toLowerCase()}`)) {
        return { code: "request.id-reused" };
      }
      for (const { name, until } of claim.allowances ?? []) sql.use.run(name, until);
      return undefined;
    },
    withdraw: ({ issuer, id, exp }) => void sql.withdraw.run(issuer, id, exp),
    forget(at) {
      const before = at - forgetMarginMs;
      sql.forgetNonces.run(before, forgetLimit);
      sql.forgetAllowances.run(before, forgetLimit);
      sql.forgetWithdrawals.run(before / 1000, forgetLimit);
    },
  };
}

function prepare(database: Database) {
  return {
    nonce: database.prepare("INSERT OR IGNORE INTO nonce (key_id, nonce, expires_at) VALUES (?, ?, ?)"),
    used: database.prepare<[string], { used: number }>("SELECT used FROM allowance WHERE name = ?"),
    use: database.prepare(
      "INSERT INTO allowance (name, used, until) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET used = used + 1",
    ),
    withdrawn: database.prepare<[string, string], object>(
      "SELECT 1 FROM withdrawal WHERE issuer = ? AND id = ?",
    ),
    withdraw: database.prepare(
      "INSERT INTO withdrawal (issuer, id, exp) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    forgetNonces: database.prepare(
      "DELETE FROM nonce WHERE (key_id, nonce) IN (SELECT key_id, nonce FROM nonce WHERE expires_at < ? LIMIT ?)",
    ),
    forgetAllowances: database.prepare(
      "DELETE FROM allowance WHERE name IN (SELECT name FROM allowance WHERE until < ? LIMIT ?)",
    ),
    forgetWithdrawals: database.prepare(
      "DELETE FROM withdrawal WHERE number IN (SELECT number FROM withdrawal WHERE exp < ? LIMIT ?)",
    ),
  };
}
