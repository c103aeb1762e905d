import { createHash } from "node:crypto";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { createFileRows, type EarlierFile, type SameBytes } from "./file-rows.ts";
import { contentText, type Put, type Records } from "./records.ts";

/**
 * `superseded`: the file has said so before, what is held has come to say otherwise since, and stays; `overridden`: the row
 * was kept back before, and what is held has come to say otherwise since, older or newer, and gives way; `duplicate`: an
 * earlier row of this import said the same; `conflict`: it said otherwise, and stands.
 */
export type Taken = Put | "superseded" | "overridden" | "duplicate" | "conflict";

/** An import under way. */
export interface Taking {
  readonly import: number;
  /** What it came as before; absent: all that it says is news. */
  readonly earlier?: EarlierFile | undefined;
}

export interface SeenRecords {
  take(record: CreditRecord, as: Taking): Taken;
  forget(importId: number): void;
}

interface Verdict {
  readonly taken: Put | "superseded" | "overridden";
  /** The import since which the file has said so. */
  readonly since: number;
}

/** What an import has brought so far: on disk and this connection's own, as it must not fill the memory. */
export function createSeenRecords(database: Database, records: Records): SeenRecords {
  const sql = prepare(database);
  const rows = createFileRows(database);

  /** Of the same bytes every row has said so before, but those that were kept back. */
  function takeAgain(record: CreditRecord, id: number, last: number, sameBytes: SameBytes): Verdict {
    const since = sameBytes.first.id;
    const wasKeptBack = sameBytes.keptAll || (rows.has(last) && rows.said(last, record.id) === undefined);
    const isLater = records.holdsLater(record, sameBytes);
    if (isLater && !wasKeptBack) return { taken: "superseded", since };
    const put = records.put(record, id);
    return {
      taken: isLater ? "overridden" : put,
      since: wasKeptBack || put !== "unchanged" ? id : since,
    };
  }

  function takeNew(record: CreditRecord, digest: Buffer, { import: id, earlier }: Taking): Verdict {
    const said = earlier && rows.said(earlier.last, record.id);
    const isHeld = said?.digest.equals(digest) ? records.holding(record) : undefined;
    if (said === undefined || isHeld === undefined) return { taken: records.put(record, id), since: id };
    return { taken: isHeld === "same" ? "unchanged" : "superseded", since: said.since };
  }

  return {
    take(record, as) {
      const id = as.import;
      const digest = createHash("sha256").update(contentText(record)).digest();
      if (sql.see.run(id, record.id, digest, id).changes === 0) {
        return sql.said.get(id, record.id)?.equals(digest) ? "duplicate" : "conflict";
      }
      const { earlier } = as;
      const { taken, since } =
        earlier?.sameBytes === undefined
          ? takeNew(record, digest, as)
          : takeAgain(record, id, earlier.last, earlier.sameBytes);
      if (since !== id) sql.since.run(since, id, record.id);
      return taken;
    },
    forget: (id) => void sql.forget.run(id),
  };
}

function prepare(database: Database) {
  database.exec(
    `CREATE TEMP TABLE seen (
       import INTEGER NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (import, id)
     ) STRICT, WITHOUT ROWID`,
  );
  return {
    see: database.prepare<[number, string, Buffer, number]>(
      "INSERT INTO seen (import, id, digest, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    said: database
      .prepare<[number, string], Buffer>("SELECT digest FROM seen WHERE import = ? AND id = ?")
      .pluck(),
    since: database.prepare<[number, number, string]>(
      "UPDATE seen SET since = ? WHERE import = ? AND id = ?",
    ),
    forget: database.prepare<[number]>("DELETE FROM seen WHERE import = ?"),
  };
}
