import { randomUUID } from "node:crypto";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type {
  Outbox,
  RefusedSince,
  RefusedVersion,
  SealedPage,
  Tellable,
  TellingStanding,
} from "../sharing/index.ts";
import { createKnownGone, type KnownGone } from "./known-gone.ts";
import { createToldItems } from "./outbox-items.ts";
import { createRecordQueueing } from "./outbox-queueing.ts";
import { type Row, recordColumns, toRecord } from "./records.ts";

const feedSchema = z.object({
  id: feedIdSchema,
  last: z.number(),
  head: z.string().nullable(),
  mark: z.number(),
  receipt: z.string().nullable(),
});

const linesSchema = z.array(z.string());

type SealedRow = Omit<SealedPage, "lines"> & { lines: string };

const sealed = (row: SealedRow | undefined): SealedPage | undefined =>
  row && { ...row, lines: linesSchema.parse(JSON.parse(row.lines)) };

/** On triggers of the record table (migrations): no way to change a record leaves it out. */
export function createOutbox(database: Database): Outbox {
  const sql = prepare(database);
  const knownGone = createKnownGone(database);
  const queueing = createRecordQueueing(database);
  const beginAnew = database.transaction((id: string) => {
    sql.dropPages.run();
    sql.dropRefused.run();
    knownGone.beganAnew();
    queueing.begin("*");
    sql.begin.run(id);
  });
  const current = () => {
    const row = sql.feed.get();
    if (row !== undefined) return feedSchema.parse(row);
    beginAnew.immediate(randomUUID());
    return feedSchema.parse(sql.feed.get());
  };
  const { seal, acknowledge } = createSealing(database, sql, knownGone);
  const requeue = database.transaction((ids: readonly string[]) => {
    for (const id of ids) queueing.requeue(id);
  });
  return {
    ...createToldItems(database, queueing, beginAnew),
    feed: current,
    holdsAny: () => sql.anyRecord.get() !== undefined,
    hasBegun: () => sql.feed.get() !== undefined,
    queueSome: queueing.some,
    isWaiting: () => queueing.isUnderWay() || sql.anyWaiting.get() !== undefined,
    standing: () => standingOf(sql.standing.get()),
    waiting: (limit) =>
      sql.waiting.all(limit).map(({ n, ...row }) => ({ n, item: row.item, record: toRecord(row) })),
    isComplete: (n) => sql.before.get(n, current().mark) === undefined,
    seal: (page, taken) => seal.immediate(page, taken),
    setAside: ({ n }) => void sql.aside.run(n),
    unsent: () => sealed(sql.oldest.get()),
    acknowledged: (last, receipt, at, refused = []) => acknowledge.immediate(last, receipt, at, refused),
    isRefused: (record) => sql.isRefused.get(record) !== undefined,
    refused: (limit) => sql.refused.all(limit),
    unconfirmed: (before) => sealed(sql.newest.get(before)),
    requeue: (ids) => requeue.immediate(ids),
    beginAnew: (id) => beginAnew.immediate(id),
    receipt: () => current().receipt ?? undefined,
  };
}

function standingOf(row: { waiting: number; at: number } | undefined): TellingStanding {
  const { waiting = 0, at = 0 } = row ?? {};
  return { waiting, acknowledgedAt: at === 0 ? undefined : at };
}

/** What a page makes of the records in it: when it is signed, and when the city has it. */
function createSealing(database: Database, sql: ReturnType<typeof prepare>, knownGone: KnownGone) {
  const seal = database.transaction((page: SealedPage, taken: readonly Tellable[]) => {
    sql.insert.run({ ...page, text: JSON.stringify(page.lines) });
    sql.move.run(page.last, page.hash);
    const isAny = sql.anyRefused.get() !== undefined;
    for (const { n, record } of taken) {
      sql.done.run(n, record.id, record.version);
      if (isAny) sql.tellRefused.run(record.id);
      knownGone.told(record, page.last);
    }
  });
  const acknowledge = database.transaction(
    (last: number, receipt: string, at: number, refused: readonly RefusedVersion[]) => {
      for (const { record, version, code } of refused) sql.refuse.run(record, version, code, at);
      knownGone.acknowledged(last, refused);
      sql.forget.run(last);
      sql.receive.run(receipt, last, at);
    },
  );
  return { seal, acknowledge };
}

export const waitingSql = `SELECT n, ${recordColumns} FROM pending JOIN record ON record.id = pending.record
  WHERE n > 0 ORDER BY n LIMIT ?`;

function prepare(database: Database) {
  return {
    anyRecord: database.prepare("SELECT 1 FROM record LIMIT 1"),
    feed: database.prepare("SELECT id, last, head, mark, receipt FROM feed"),
    begin: database.prepare<[string]>(
      `INSERT OR REPLACE INTO feed (one, id, last, head, mark, receipt, acknowledged)
       VALUES (1, ?, 0, NULL, (SELECT coalesce(max(n), 0) FROM pending), NULL, -1)`,
    ),
    dropPages: database.prepare("DELETE FROM page"),
    anyWaiting: database.prepare<[], object>("SELECT 1 FROM pending WHERE n > 0 LIMIT 1"),
    standing: database.prepare<[], { waiting: number; at: number }>(
      `SELECT (SELECT count(*) FROM pending WHERE n > 0) + last - max(acknowledged, 0) AS waiting, acknowledged_at AS at
       FROM feed`,
    ),
    waiting: database.prepare<[number], Row & { n: number }>(waitingSql),
    before: database.prepare<[number, number], object>(
      "SELECT 1 FROM pending WHERE n > ? AND n <= ? LIMIT 1",
    ),
    insert: database.prepare<[SealedPage & { text: string }]>(
      "INSERT INTO page (from_seq, last, head, hash, lines) VALUES (@from, @last, @head, @hash, @text)",
    ),
    move: database.prepare<[number, string]>("UPDATE feed SET last = ?, head = ?"),
    done: database.prepare<[number, string, number]>(
      "DELETE FROM pending WHERE n = ? AND (SELECT version FROM record WHERE id = ?) = ?",
    ),
    aside: database.prepare<[number]>("UPDATE pending SET n = -n WHERE n = ?"),
    oldest: database.prepare<[], SealedRow>(
      `SELECT from_seq AS "from", page.last, page.head, hash, lines FROM page, feed
       WHERE page.last > acknowledged ORDER BY page.last LIMIT 1`,
    ),
    newest: database.prepare<[number], SealedRow>(
      `SELECT from_seq AS "from", page.last, page.head, hash, lines FROM page, feed
       WHERE page.last = acknowledged AND acknowledged_at <= ?`,
    ),
    forget: database.prepare<[number]>("DELETE FROM page WHERE last < ?"),
    receive: database.prepare<[string, number, number]>(
      "UPDATE feed SET receipt = ?, acknowledged = ?, acknowledged_at = ?",
    ),
    dropRefused: database.prepare("DELETE FROM refused"),
    anyRefused: database.prepare<[], object>("SELECT 1 FROM refused LIMIT 1"),
    tellRefused: database.prepare<[string]>("DELETE FROM refused WHERE record = ?"),
    refuse: database.prepare<[string, number, string, number]>(
      "INSERT OR REPLACE INTO refused (record, version, code, at) VALUES (?, ?, ?, ?)",
    ),
    refused: database.prepare<[number], RefusedSince>(
      `SELECT refused.record, refused.version, code, at FROM refused
       JOIN record ON record.id = refused.record AND record.version = refused.version
       ORDER BY at DESC, refused.record LIMIT ?`,
    ),
    isRefused: database.prepare<[string], object>(
      "SELECT 1 FROM refused JOIN record ON record.id = refused.record AND record.version = refused.version WHERE record.id = ?",
    ),
  };
}
