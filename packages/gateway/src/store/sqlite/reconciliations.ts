import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import {
  type BookSummary,
  bookSummarySchema,
  type Interval,
  intervalAt,
  intervalSchema,
  summarise,
} from "@xinqiao/protocol/reconciliation";
import Database from "better-sqlite3";
import { z } from "zod";
import type { Reconciliations, Summaries } from "../../books/index.ts";

export interface OpenedReconciliations extends Reconciliations {
  readonly summaries: Summaries;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS reconciliation (
    id          INTEGER PRIMARY KEY,
    member      TEXT NOT NULL,
    interval    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    stated      TEXT NOT NULL,
    logged      TEXT NOT NULL,
    report      TEXT,
    differences INTEGER,
    explained   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS reconciliation_by_member ON reconciliation (member, interval);
  CREATE INDEX IF NOT EXISTS reconciliation_by_time ON reconciliation (at);
  -- What hours of the log came to when they were read first. A row without a member: the hour was read.
  CREATE TABLE IF NOT EXISTS summary (
    interval TEXT NOT NULL,
    member   TEXT NOT NULL,
    summary  TEXT NOT NULL,
    PRIMARY KEY (interval, member)
  ) STRICT, WITHOUT ROWID;`;

const rowSchema = z.object({
  member: nodeIdSchema,
  interval: intervalSchema,
  at: z.number(),
  stated: z.string(),
  logged: z.string(),
  report: z.string().nullable(),
  differences: z.number().nullable(),
  explained: z.number(),
});
const newestSchema = z.object({ member: nodeIdSchema, interval: intervalSchema });

/**
 * A file of its own beside the log: both sides' signed words, which the log's entry names by hash. What is lost of it
 * in a power failure the member still has.
 */
export function openReconciliations(path: string): OpenedReconciliations {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  database.exec(schema);
  const insert = database.prepare(
    `INSERT INTO reconciliation (member, interval, at, stated, logged, report, differences, explained)
     VALUES (@member, @interval, @at, @stated, @logged, @report, @differences, @explained)`,
  );
  const list = database.prepare(
    "SELECT * FROM reconciliation WHERE @member IS NULL OR member = @member ORDER BY id DESC LIMIT @limit",
  );
  const newest = database.prepare(
    "SELECT member, max(interval) AS interval FROM reconciliation WHERE report IS NOT NULL GROUP BY member",
  );
  return {
    keep: (reconciliation) => void insert.run(reconciliation),
    list: ({ member = null, limit }) => list.all({ member, limit }).map((row) => rowSchema.parse(row)),
    newest: () =>
      new Map(
        newest.all().map((row) => {
          const { member, interval } = newestSchema.parse(row);
          return [member, interval];
        }),
      ),
    summaries: createSummaries(database),
    forget: createForgetting(database),
    close: () => void database.close(),
  };
}

const wasRead = "";

function createSummaries(database: Database.Database): Summaries {
  const find = database
    .prepare<[string, string], string>("SELECT summary FROM summary WHERE interval = ? AND member = ?")
    .pluck();
  const insert = database.prepare(
    "INSERT OR IGNORE INTO summary (interval, member, summary) VALUES (?, ?, ?)",
  );
  const nothing = JSON.stringify(summarise([]));
  return {
    of(interval, member) {
      const known = find.get(interval, member) ?? find.get(interval, wasRead);
      return known === undefined ? undefined : bookSummarySchema.parse(JSON.parse(known));
    },
    keep: database.transaction((interval: Interval, books: ReadonlyMap<NodeId, BookSummary>) => {
      if (insert.run(interval, wasRead, nothing).changes === 0) return;
      for (const [member, book] of books) insert.run(interval, member, JSON.stringify(book));
    }),
  };
}

function createForgetting(database: Database.Database): Reconciliations["forget"] {
  const compared = database.prepare(
    "DELETE FROM reconciliation WHERE id IN (SELECT id FROM reconciliation WHERE at < ? ORDER BY at LIMIT ?)",
  );
  const read = database.prepare(
    `DELETE FROM summary WHERE (interval, member) IN
     (SELECT interval, member FROM summary WHERE interval < ? ORDER BY interval, member LIMIT ?)`,
  );
  return (before, limit) => {
    const { changes } = compared.run(before, limit);
    return changes + read.run(intervalAt(before), limit - changes).changes;
  };
}
