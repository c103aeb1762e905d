import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { intervalSchema } from "@xinqiao/protocol/reconciliation";
import Database from "better-sqlite3";
import { z } from "zod";
import type { Reconciliations } from "../../books/index.ts";

export interface OpenedReconciliations extends Reconciliations {
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
  CREATE INDEX IF NOT EXISTS reconciliation_by_member ON reconciliation (member, interval);`;

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
    close: () => void database.close(),
  };
}
