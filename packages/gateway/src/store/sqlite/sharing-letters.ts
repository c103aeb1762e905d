import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { pageLength } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { DeadLetters, LetterChoice, PageToTake } from "../../sharing/index.ts";

export const letterSchema = `
  -- Records of which the newest version told was refused; nothing of what they say. Milliseconds since 1970.
  CREATE TABLE IF NOT EXISTS dead_letter (
    source  TEXT NOT NULL,
    record  TEXT NOT NULL,
    version INTEGER NOT NULL,
    item    TEXT NOT NULL,
    code    TEXT NOT NULL,
    feed    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    -- Whether the source is asked to tell it again.
    asked   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, record)
  ) STRICT, WITHOUT ROWID;
  -- Looked at with every page's reply.
  CREATE INDEX IF NOT EXISTS letter_asked ON dead_letter (source, record) WHERE asked;
  -- How many there are, for every look at the metrics; in a file of before this they are counted once.
  CREATE TABLE IF NOT EXISTS letter_count (
    source TEXT NOT NULL,
    code   TEXT NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (source, code)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO letter_count SELECT source, code, count(*) FROM dead_letter
    WHERE NOT EXISTS (SELECT 1 FROM letter_count) GROUP BY source, code;
  CREATE TRIGGER IF NOT EXISTS letter_came AFTER INSERT ON dead_letter BEGIN
    INSERT INTO letter_count VALUES (new.source, new.code, 1) ON CONFLICT DO UPDATE SET count = count + 1;
  END;
  CREATE TRIGGER IF NOT EXISTS letter_went AFTER DELETE ON dead_letter BEGIN
    UPDATE letter_count SET count = count - 1 WHERE source = old.source AND code = old.code;
  END;
  CREATE TRIGGER IF NOT EXISTS letter_changed AFTER UPDATE OF code ON dead_letter WHEN new.code <> old.code BEGIN
    UPDATE letter_count SET count = count - 1 WHERE source = old.source AND code = old.code;
    INSERT INTO letter_count VALUES (new.source, new.code, 1) ON CONFLICT DO UPDATE SET count = count + 1;
  END;
`;

const rowSchema = z
  .object({
    source: nodeIdSchema,
    record: z.string(),
    version: z.number(),
    item: itemCodeSchema,
    code: z.string(),
    since: z.number(),
    asked: z.number(),
  })
  .transform(({ asked, ...letter }) => ({ ...letter, isAskedFor: asked === 1 }));

const countSchema = z.object({ source: nodeIdSchema, code: z.string(), count: z.number() });

const chosen =
  "source = coalesce(@source, source) AND code = coalesce(@code, code) AND record = coalesce(@record, record)";
const choose = ({ source, code, record }: LetterChoice) => ({
  source: source ?? null,
  code: code ?? null,
  record: record ?? null,
});

export function createHubLetters(database: Database) {
  const sql = prepare(database);
  const port: DeadLetters = {
    letters: (choice, limit) => sql.list.all({ ...choose(choice), limit }).map((row) => rowSchema.parse(row)),
    isLetter: (source, { code, record: { id, version } }) =>
      sql.is.get(source, id, version, code) !== undefined,
    letterCounts: () => sql.counts.all().map((row) => countSchema.parse(row)),
    countLetters: (choice) => sql.count.get(choose(choice)) ?? 0,
    again: (source) => sql.asked.all(source, pageLength),
    askAgain: (choice) => sql.ask.run(choose(choice)).changes,
    dropLetters: (choice) => sql.drop.run(choose(choice)).changes,
  };
  return {
    port,
    /** Part of the transaction that takes a page: what it refuses is noted, and what it brings is a letter no more. */
    noteRefused({ source, page: { feed }, changes, letters, at }: PageToTake): void {
      for (const { seq, code, record } of letters) {
        const { id, version, item } = record;
        sql.keep.run({ source, record: id, version, item, code, feed, seq, at });
      }
      if (sql.any.get(source) === undefined) return;
      for (const { change } of changes) sql.settle.run(source, change.record.id, feed, change.seq);
    },
    /** A feed has named everything: what it has not named its source has no more. */
    forgetOther: (source: string, feed: string) => void sql.forget.run(source, feed),
  };
}

function prepare(database: Database) {
  return {
    keep: database.prepare(
      `INSERT INTO dead_letter (source, record, version, item, code, feed, seq, since)
       VALUES (@source, @record, @version, @item, @code, @feed, @seq, @at)
       ON CONFLICT DO UPDATE SET item = excluded.item, code = excluded.code, feed = excluded.feed, seq = excluded.seq,
         since = iif(version = excluded.version AND code = excluded.code, since, excluded.since),
         version = excluded.version, asked = 0`,
    ),
    any: database.prepare<[string], object>("SELECT 1 FROM dead_letter WHERE source = ? LIMIT 1"),
    is: database.prepare<[string, string, number, string], object>(
      "SELECT 1 FROM dead_letter WHERE source = ? AND record = ? AND version = ? AND code = ?",
    ),
    settle: database.prepare(
      "DELETE FROM dead_letter WHERE source = ? AND record = ? AND NOT (feed = ? AND seq > ?)",
    ),
    forget: database.prepare("DELETE FROM dead_letter WHERE source = ? AND feed <> ?"),
    list: database.prepare(
      `SELECT source, record, version, item, code, since, asked FROM dead_letter WHERE ${chosen}
       ORDER BY since, source, record LIMIT @limit`,
    ),
    counts: database.prepare(
      "SELECT source, code, count FROM letter_count WHERE count > 0 ORDER BY source, code",
    ),
    count: database
      .prepare<[ReturnType<typeof choose>], number>(`SELECT count(*) FROM dead_letter WHERE ${chosen}`)
      .pluck(),
    asked: database
      .prepare<[string, number], string>(
        "SELECT record FROM dead_letter INDEXED BY letter_asked WHERE source = ? AND asked LIMIT ?",
      )
      .pluck(),
    ask: database.prepare(`UPDATE dead_letter SET asked = 1 WHERE ${chosen}`),
    drop: database.prepare(`DELETE FROM dead_letter WHERE ${chosen}`),
  };
}
