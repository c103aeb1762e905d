import type { Withdrawals } from "@xinqiao/protocol/authorisation";
import type { Database } from "better-sqlite3";
import type { AuthorisationBook, KeptAuthorisation } from "../authorisation/index.ts";
import type { Heard, WithdrawalBook } from "../withdrawals/index.ts";

interface KeptRow {
  readonly id: string;
  readonly token: string;
  readonly proofKey: Buffer;
  readonly expiresAt: number;
}

/**
 * Art. 45 keeps the proof five years at least. A new one ends within five: what ended eleven years before it has been
 * kept for six, and no clock is needed to say so.
 */
const forgottenMs = 11 * 366 * 86_400_000;

/** What this member has signed itself. */
export function createAuthorisationBook(database: Database): AuthorisationBook {
  const insert = database.prepare(
    "INSERT INTO authorisation (id, token, proof_key, expires_at) VALUES (?, ?, ?, ?)",
  );
  const forget = database.prepare("DELETE FROM authorisation WHERE expires_at < ?");
  const select = database.prepare<[string], KeptRow>(
    `SELECT id, token, proof_key AS "proofKey", expires_at AS "expiresAt" FROM authorisation WHERE id = ?`,
  );
  return {
    keep({ id, token, proofKey, expiresAt }: KeptAuthorisation) {
      insert.run(id, token, Buffer.from(proofKey), expiresAt);
      forget.run(expiresAt - forgottenMs);
    },
    signed: (id) => select.get(id),
  };
}

/** What the city has told of withdrawals. */
export function createWithdrawalBook(database: Database): WithdrawalBook {
  const place = database.prepare<[], Heard>("SELECT number, heard_at AS at FROM withdrawals_heard");
  const setPlace = database.prepare(
    "INSERT OR REPLACE INTO withdrawals_heard (one, number, heard_at) VALUES (1, ?, ?)",
  );
  const find = database.prepare<[string, string], object>(
    "SELECT 1 FROM withdrawal WHERE issuer = ? AND id = ?",
  );
  const add = database.prepare("INSERT OR REPLACE INTO withdrawal (issuer, id, exp) VALUES (?, ?, ?)");
  const forget = database.prepare("DELETE FROM withdrawal WHERE exp < ?");
  const heard = () => place.get() ?? { number: 0, at: 0 };
  const take = database.transaction(({ withdrawn, next, last, iat }: Withdrawals) => {
    for (const { iss, id, exp } of withdrawn) add.run(iss, id, exp);
    // A page of several says nothing of those behind it.
    setPlace.run(next, next === last ? iat : heard().at);
    forget.run(iat - 3_600);
  });
  return {
    heard,
    has: ({ issuer, id }) => find.get(issuer, id) !== undefined,
    take: (page) => take.immediate(page),
  };
}
