import { mostOpen, revocationDoneSchema, revocationNoticeSchema } from "@xinqiao/protocol/measures";
import type { Durable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { GivenAnswer, HeardNotice, KeptNotice, RevocationBook } from "../feedback/index.ts";

const rowSchema = z.object({
  number: z.number(),
  notice: z.string(),
  claims: z.string(),
  settled: z.number(),
  outcome: revocationDoneSchema.shape.outcome.nullable(),
  on: z.string().nullable(),
  reason: z.string().nullable(),
});

/** What the city has asked this member to revoke, and what it answered. */
export function createRevocationBook(database: Database, durable: Durable): RevocationBook {
  const sql = prepare(database);
  const hear = database.transaction((notices: readonly HeardNotice[]) => {
    let fresh = 0;
    for (const { notice, text, claims } of notices) {
      fresh += sql.add.run(notice, text, JSON.stringify(claims), claims.iat).changes;
      sql.reopen.run(notice);
    }
    return fresh;
  });
  const settle = database.transaction((notices: readonly string[]) => {
    for (const notice of notices) sql.settle.run(notice);
  });
  return {
    open: () => sql.open.all(mostOpen),
    hear: (notices) => hear.immediate(notices),
    settle: (notices) => settle.immediate(notices),
    has: (notice) => sql.has.get(notice) !== undefined,
    answerTo: (notice) => sql.answerTo.get(notice) ?? undefined,
    answered(notice, { outcome, on, reason }, text) {
      sql.answered.run({ notice, outcome, on, reason: reason ?? null, text });
    },
    list: () => sql.list.all().map(keptNotice),
    forget: (before) => sql.forget.run(before).changes,
    durable: durable.reached,
  };
}

function keptNotice(row: unknown): KeptNotice {
  const { number, notice, claims, settled, outcome, on, reason } = rowSchema.parse(row);
  const answer: GivenAnswer | undefined =
    outcome === null || on === null ? undefined : { outcome, on, ...(reason !== null && { reason }) };
  return {
    ...{ number, notice, settled: settled === 1, claims: revocationNoticeSchema.parse(JSON.parse(claims)) },
    ...(answer && { answer }),
  };
}

function prepare(database: Database) {
  return {
    open: database
      .prepare<[number], string>(
        "SELECT notice FROM revocation WHERE answer IS NULL AND NOT settled ORDER BY notice LIMIT ?",
      )
      .pluck(),
    add: database.prepare(
      "INSERT INTO revocation (notice, text, claims, iat) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    reopen: database.prepare("UPDATE revocation SET settled = 0 WHERE notice = ?"),
    settle: database.prepare("UPDATE revocation SET settled = 1 WHERE notice = ?"),
    has: database.prepare("SELECT 1 FROM revocation WHERE notice = ?"),
    answerTo: database
      .prepare<[string], string | null>("SELECT answer FROM revocation WHERE notice = ?")
      .pluck(),
    answered: database.prepare(
      `UPDATE revocation SET settled = 1, outcome = @outcome, decided_on = @on, reason = @reason, answer = @text
       WHERE notice = @notice`,
    ),
    list: database.prepare(
      `SELECT number, notice, claims, settled, outcome, decided_on AS "on", reason FROM revocation
       ORDER BY number DESC`,
    ),
    forget: database.prepare("DELETE FROM revocation WHERE settled AND iat < ?"),
  };
}
