import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Database } from "better-sqlite3";
import type { ImportCounts, IncomingFile, QuarantinedRow } from "./imports.ts";

interface KeptAt {
  readonly import: number;
  readonly line: number;
}

/** Rows of a stream that are kept back, where those of files are: an import is made for a batch that has some. */
export function createKeptRows(database: Database) {
  const sql = prepare(database);

  function open(batch: IncomingFile) {
    let id: number | undefined;
    return {
      keep(line: number, { reasons, cells, trace }: Omit<QuarantinedRow, "line">): KeptAt {
        id ??= Number(sql.begin.run({ ...batch, finishedAt: batch.startedAt }).lastInsertRowid);
        sql.keep.run(id, line, JSON.stringify(reasons), JSON.stringify(cells));
        if (trace !== undefined) {
          const { subject, record = null } = trace;
          sql.gap.run(id, line, batch.file, batch.item, subject.scheme, subject.id, record);
        }
        return { import: id, line };
      },
      finish(counts: ImportCounts): void {
        if (id !== undefined) sql.count.run({ ...counts, id });
      },
    };
  }

  return {
    open,
    /** A row that was kept back says something else now, or is gone: nobody waits for it, and what it said is not needed. */
    settle({ import: id, line }: { readonly import: number | null; readonly line: number | null }): void {
      if (id === null || line === null) return;
      sql.closeGap.run(id, line);
      sql.drop.run(id, line);
    },
    settleRecord: (item: ItemCode, record: string) => void sql.closeGapsOf.run(item, record),
  };
}

function prepare(database: Database) {
  return {
    begin: database.prepare<[IncomingFile & { finishedAt: string }]>(
      `INSERT INTO import (file, sha256, item, started_at, finished_at)
       VALUES (@file, @sha256, @item, @startedAt, @finishedAt)`,
    ),
    count: database.prepare<[ImportCounts & { id: number }]>(
      `UPDATE import SET received = @received, accepted = @accepted, unchanged = @unchanged,
       quarantined = @quarantined, duplicates = @duplicates WHERE id = @id`,
    ),
    keep: database.prepare<[number, number, string, string]>(
      "INSERT INTO quarantine (import, line, reasons, cells) VALUES (?, ?, ?, ?)",
    ),
    drop: database.prepare<[number, number]>("DELETE FROM quarantine WHERE import = ? AND line = ?"),
    gap: database.prepare<[number, number, string, ItemCode, string, string, string | null]>(
      "INSERT INTO gap (import, line, file, item, scheme, subject, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    closeGap: database.prepare<[number, number]>("DELETE FROM gap WHERE import = ? AND line = ?"),
    closeGapsOf: database.prepare<[ItemCode, string]>("DELETE FROM gap WHERE item = ? AND record = ?"),
  };
}
