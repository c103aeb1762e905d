import type { ItemCode } from "@xinqiao/protocol/catalogue";
import { chinaDay } from "@xinqiao/runtime/calendar";
import type { Database } from "better-sqlite3";
import type { ImportCounts, IncomingFile, QuarantinedRow } from "./import-session.ts";

interface KeptAt {
  readonly import: number;
  readonly line: number;
}

interface DayImport {
  readonly id: number;
  readonly startedAt: string;
  /** Rows kept back in it so far, those that are settled, too: what numbers them. */
  readonly quarantined: number;
}

/** Rows of a stream that are kept back, where those of files are: an import is made for a day that has some. */
export function createKeptRows(database: Database) {
  const sql = prepare(database);

  /** The scorecard counts by China's months: a day of any other place would lie in two of them. */
  function importOf(batch: IncomingFile): DayImport {
    const last = sql.last.get(batch.file);
    if (last !== undefined && dayOf(last) === dayOf(batch)) return last;
    const id = Number(sql.begin.run({ ...batch, finishedAt: batch.startedAt }).lastInsertRowid);
    sql.isLast.run(id, batch.file);
    return { id, startedAt: batch.startedAt, quarantined: 0 };
  }

  function open(batch: IncomingFile) {
    let into: DayImport | undefined;
    let kept = 0;
    return {
      keep({ reasons, cells, trace }: Omit<QuarantinedRow, "line">): KeptAt {
        into ??= importOf(batch);
        const { id, quarantined } = into;
        kept += 1;
        const line = quarantined + kept;
        sql.keep.run(id, line, JSON.stringify(reasons), JSON.stringify(cells));
        if (trace !== undefined) {
          const { subject, record = null } = trace;
          sql.gap.run(id, line, batch.file, batch.item, subject.scheme, subject.id, record);
        }
        return { import: id, line };
      },
      finish(counts: ImportCounts): void {
        if (into !== undefined) sql.count.run({ ...counts, id: into.id, finishedAt: batch.startedAt });
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

const dayOf = ({ startedAt }: Pick<IncomingFile, "startedAt">) => chinaDay(Date.parse(startedAt));

function prepare(database: Database) {
  return {
    begin: database.prepare<[IncomingFile & { finishedAt: string }]>(
      `INSERT INTO import (file, sha256, item, started_at, finished_at)
       VALUES (@file, @sha256, @item, @startedAt, @finishedAt)`,
    ),
    last: database.prepare<[string], DayImport>(
      `SELECT import.id, started_at AS startedAt, quarantined
       FROM stream JOIN import ON import.id = stream.import WHERE stream.name = ?`,
    ),
    isLast: database.prepare<[number, string]>("UPDATE stream SET import = ? WHERE name = ?"),
    count: database.prepare<[ImportCounts & { id: number; finishedAt: string }]>(
      `UPDATE import SET finished_at = @finishedAt, received = received + @received,
       accepted = accepted + @accepted, unchanged = unchanged + @unchanged,
       quarantined = quarantined + @quarantined, duplicates = duplicates + @duplicates WHERE id = @id`,
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
