import { mostOpen, revocationDoneSchema, revocationNoticeSchema } from "@xinqiao/protocol/measures";
import type { Durable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type {
  GivenAnswer,
  HeardNotice,
  KeptNotice,
  RevocationBook,
  UnsentAnswer,
} from "../feedback/index.ts";

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
  const answered = database.transaction((text: string) => {
    sql.answered.run(text);
    sql.dropUpTo.run(text);
  });
  return {
    open: () => sql.open.all(mostOpen),
    hear: (notices) => hear.immediate(notices),
    settle: (notices) => settle.immediate(notices),
    has: (notice) => sql.has.get(notice) !== undefined,
    answerTo: (notice) => sql.answerTo.get(notice) ?? undefined,
    answering(notice, { outcome, on, reason }, text) {
      sql.answering.run({ notice, outcome, on, reason: reason ?? null, text });
    },
    answered: ({ text }) => answered.immediate(text),
    notAnswered: ({ text }) => void sql.drop.run(text),
    unsent: () => sql.unsent.all(),
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
    answering: database.prepare(
      `INSERT OR REPLACE INTO revocation_unsent (notice, outcome, decided_on, reason, text)
       VALUES (@notice, @outcome, @on, @reason, @text)`,
    ),
    answered: database.prepare<[string]>(
      `UPDATE revocation SET settled = 1, outcome = unsent.outcome, decided_on = unsent.decided_on,
         reason = unsent.reason, answer = unsent.text
       FROM revocation_unsent AS unsent WHERE revocation.notice = unsent.notice AND unsent.text = ?`,
    ),
    drop: database.prepare<[string]>("DELETE FROM revocation_unsent WHERE text = ?"),
    dropUpTo: database.prepare<[string]>(
      `DELETE FROM revocation_unsent WHERE (notice, n) IN (
         SELECT older.notice, older.n FROM revocation_unsent AS sent JOIN revocation_unsent AS older
           ON older.notice = sent.notice AND older.n <= sent.n WHERE sent.text = ?)`,
    ),
    unsent: database.prepare<[], UnsentAnswer>(
      `SELECT notice, unsent.text FROM revocation JOIN revocation_unsent AS unsent USING (notice)
       WHERE (settled OR answer IS NOT NULL)
         AND n = (SELECT max(n) FROM revocation_unsent AS newest WHERE newest.notice = unsent.notice)
       ORDER BY notice`,
    ),
    list: database.prepare(
      `SELECT number, notice, claims, settled, outcome, decided_on AS "on", reason FROM revocation
       ORDER BY number DESC`,
    ),
    forget: database.prepare("DELETE FROM revocation WHERE settled AND iat < ?"),
  };
}
