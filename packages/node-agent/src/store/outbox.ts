import { randomUUID } from "node:crypto";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Outbox, SealedPage, Waiting } from "../sharing/index.ts";
import { type Row, recordColumns, toRecord } from "./records.ts";

const feedSchema = z.object({
  id: feedIdSchema,
  last: z.number(),
  head: z.string().nullable(),
  mark: z.number(),
  receipt: z.string().nullable(),
});

const linesSchema = z.array(z.string());

/** On triggers of the record table (migrations): no way to change a record leaves it out. */
export function createOutbox(database: Database): Outbox {
  const feed = database.prepare("SELECT id, last, head, mark, receipt FROM feed");
  const begin = database.prepare<[string]>(
    `INSERT OR REPLACE INTO feed (one, id, last, head, mark, receipt)
     VALUES (1, ?, 0, NULL, (SELECT coalesce(max(n), 0) FROM pending), NULL)`,
  );
  const dropPages = database.prepare("DELETE FROM page");
  const tellAll = database.prepare(
    "INSERT INTO pending (record) SELECT id FROM record WHERE true ORDER BY rowid ON CONFLICT DO NOTHING",
  );
  const waiting = database.prepare<[number], Row & { n: number }>(
    `SELECT n, ${recordColumns} FROM pending JOIN record ON record.id = pending.record
     WHERE n > 0 ORDER BY n LIMIT ?`,
  );
  const before = database.prepare<[number, number], number>(
    "SELECT count(*) FROM (SELECT 1 FROM pending WHERE n > ? AND n <= ? LIMIT 1)",
  );
  const insert = database.prepare<[SealedPage & { text: string }]>(
    "INSERT INTO page (from_seq, last, head, hash, lines) VALUES (@from, @last, @head, @hash, @text)",
  );
  const move = database.prepare<[number, string]>("UPDATE feed SET last = ?, head = ?");
  const done = database.prepare<[number, string, number]>(
    "DELETE FROM pending WHERE n = ? AND (SELECT version FROM record WHERE id = ?) = ?",
  );
  const aside = database.prepare<[number]>("UPDATE pending SET n = -n WHERE n = ?");
  const oldest = database.prepare<[], Omit<SealedPage, "lines"> & { lines: string }>(
    'SELECT from_seq AS "from", last, head, hash, lines FROM page ORDER BY from_seq LIMIT 1',
  );
  const forget = database.prepare<[number]>("DELETE FROM page WHERE last <= ?");
  const receive = database.prepare<[string]>("UPDATE feed SET receipt = ?");

  const beginAnew = database.transaction((id: string) => {
    dropPages.run();
    tellAll.run();
    begin.run(id);
  });
  const current = () => {
    const row = feed.get();
    if (row !== undefined) return feedSchema.parse(row);
    beginAnew.immediate(randomUUID());
    return feedSchema.parse(feed.get());
  };
  const seal = database.transaction((page: SealedPage, taken: readonly Waiting[]) => {
    insert.run({ ...page, text: JSON.stringify(page.lines) });
    move.run(page.last, page.hash);
    for (const { n, record } of taken) done.run(n, record.id, record.version);
  });
  const acknowledge = database.transaction((last: number, receipt: string) => {
    forget.run(last);
    receive.run(receipt);
  });
  return {
    feed: current,
    waiting: (limit) => waiting.all(limit).map(({ n, ...row }) => ({ n, record: toRecord(row) })),
    isComplete(n) {
      const { mark } = current();
      return before.pluck().get(n, mark) === 0;
    },
    seal: (page, taken) => seal.immediate(page, taken),
    setAside: ({ n }) => void aside.run(n),
    unsent() {
      const page = oldest.get();
      return page && { ...page, lines: linesSchema.parse(JSON.parse(page.lines)) };
    },
    acknowledged: (last, receipt) => acknowledge.immediate(last, receipt),
    beginAnew: (id) => beginAnew.immediate(id),
    receipt: () => current().receipt ?? undefined,
  };
}
