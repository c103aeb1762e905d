import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { contentText, type Put, type Records } from "./records.ts";

/**
 * `superseded`: what is held has come to say otherwise since the file was taken first, and stays; `duplicate`: an earlier row
 * of this import said the same; `conflict`: it said otherwise, and stands.
 */
export type Taken = Put | "superseded" | "duplicate" | "conflict";

export interface SeenRecords {
  /** @param takenBefore an ISO instant: what has come to say otherwise since then is left as it is */
  take(
    record: CreditRecord,
    as: { readonly import: number; readonly takenBefore?: string | undefined },
  ): Taken;
  forget(importId: number): void;
}

/** What an import has brought so far: on disk and this connection's own, as it must not fill the memory. */
export function createSeenRecords(database: Database, records: Records): SeenRecords {
  // `said`: of a row that was superseded, as what is held says otherwise.
  database.exec(
    `CREATE TEMP TABLE seen (import INTEGER NOT NULL, id TEXT NOT NULL, said TEXT, PRIMARY KEY (import, id))
     STRICT, WITHOUT ROWID`,
  );
  const see = database.prepare<[number, string]>(
    "INSERT INTO seen (import, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
  );
  const say = database.prepare<[string, number, string]>(
    "UPDATE seen SET said = ? WHERE import = ? AND id = ?",
  );
  const said = database
    .prepare<[number, string], string | null>("SELECT said FROM seen WHERE import = ? AND id = ?")
    .pluck();
  const forget = database.prepare<[number]>("DELETE FROM seen WHERE import = ?");
  return {
    take(record, { import: id, takenBefore }) {
      if (see.run(id, record.id).changes === 0) {
        const before = said.get(id, record.id) ?? undefined;
        const isSame = before === undefined ? records.holdsSame(record) : before === contentText(record);
        return isSame ? "duplicate" : "conflict";
      }
      if (takenBefore === undefined || !records.saysOtherwiseSince(record, takenBefore)) {
        return records.put(record);
      }
      say.run(contentText(record), id, record.id);
      return "superseded";
    },
    forget: (id) => void forget.run(id),
  };
}
