import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { createFileRows, type EarlierFile } from "./file-rows.ts";
import type { Records, SubjectKey } from "./records.ts";
import { createSeenRecords, type Taken } from "./seen.ts";

/** A file about to be taken in. */
export interface IncomingFile {
  /** Base name: a path says more about the machine than the sender needs. */
  readonly file: string;
  readonly sha256: string;
  readonly item: ItemCode;
  /** ISO instant. */
  readonly startedAt: string;
}

/** Every row received is exactly one of the other four. */
export interface ImportCounts {
  readonly received: number;
  /** New, or a new version of what was held. */
  readonly accepted: number;
  readonly unchanged: number;
  readonly quarantined: number;
  /** Rows that repeat an earlier row of the same file word for word. */
  readonly duplicates: number;
}

/** Why a row was kept back; the words are the importer's. */
export interface RowReason {
  /** Column name, when one column is at fault. */
  readonly field?: string | undefined;
  readonly reason: string;
}

/** Whom a kept-back row is about, and the record it would have been, as far as the row can be read. */
export interface RowTrace {
  readonly subject: SubjectKey;
  readonly record?: string;
}

export interface QuarantinedRow {
  /** The file's own line (CSV) or row (Excel), counted from 1. */
  readonly line: number;
  readonly reasons: readonly RowReason[];
  /** As the file had them, for the sender's report alone: personal data, never logged. */
  readonly cells: readonly string[];
  readonly trace?: RowTrace;
}

export interface ImportSession {
  readonly id: number;
  /** One transaction. Answers in the order asked. */
  take(records: readonly CreditRecord[]): readonly Taken[];
  /** One transaction; what can be traced to a subject is a gap of theirs from then on. */
  quarantine(rows: readonly QuarantinedRow[]): void;
  /**
   * Until this is called the import counts for nothing but the rows it brought. Closes the gaps whose record has now
   * come; and, where it is not known which record it would have been, those of a file of the same name, once the
   * file has brought records of the same subject. What the file has said before closes none that were opened since, but
   * those of the second kind where it is not the very same file: it was put right.
   */
  finish(counts: ImportCounts, finishedAt: string): void;
  /** Of a file with rows kept back, before it is finished: some of what the others say. @returns whether there may be more */
  keepRows(): boolean;
  /** Of one that is finished: drops some of what earlier files of its name had kept. @returns whether there may be more */
  dropEarlierRows(): boolean;
  /** Call once, finished or not. */
  close(): void;
}

export function createImportSessions(database: Database, records: Records) {
  const seen = createSeenRecords(database, records);
  const rows = createFileRows(database);
  const sql = prepare(database);
  function start(file: IncomingFile, earlier?: EarlierFile): ImportSession {
    const id = Number(sql.insert.run(file).lastInsertRowid);
    let superseded = 0;
    const takeAll = database.transaction((batch: readonly CreditRecord[]) =>
      batch.map((record) => seen.take(record, { import: id, earlier })),
    );
    const keepAll = database.transaction((kept: readonly QuarantinedRow[]) => {
      for (const { line, reasons, cells, trace } of kept) {
        sql.keep.run(id, line, JSON.stringify(reasons), JSON.stringify(cells));
        if (trace === undefined) continue;
        const { subject, record = null } = trace;
        sql.open.run(id, line, file.file, file.item, subject.scheme, subject.id, record);
      }
    });
    const finish = database.transaction((counts: ImportCounts, finishedAt: string) => {
      sql.complete.run({ ...counts, id, finishedAt });
      if (!saysHowThingsStand(counts)) return;
      const isSame = earlier?.sameBytes !== undefined;
      sql.closeGaps.run({ id, item: file.item, file: file.file, isNew: isSame ? 0 : 1 });
      // The very bytes of an older day, where something newer has been taken since, say how things stood then.
      if (!isSame || superseded === 0) sql.cover.run(file);
    });
    return {
      id,
      take(batch) {
        const taken = takeAll.immediate(batch);
        superseded += taken.filter((each) => each === "superseded").length;
        return taken;
      },
      quarantine: (kept) => keepAll.immediate(kept),
      finish: (counts, finishedAt) => finish.immediate(counts, finishedAt),
      keepRows: () => rows.keep(id),
      dropEarlierRows: () => rows.dropEarlier(id),
      close: () => seen.forget(id),
    };
  }
  return { start, rows };
}

/** A file of which no row could be read says nothing; an empty one says that there is nothing. */
function saysHowThingsStand({ received, quarantined }: ImportCounts): boolean {
  return received === 0 || quarantined < received;
}

function prepare(database: Database) {
  return {
    insert: database.prepare<[IncomingFile]>(
      "INSERT INTO import (file, sha256, item, started_at) VALUES (@file, @sha256, @item, @startedAt)",
    ),
    keep: database.prepare<[number, number, string, string]>(
      "INSERT INTO quarantine (import, line, reasons, cells) VALUES (?, ?, ?, ?)",
    ),
    open: database.prepare<[number, number, string, ItemCode, string, string, string | null]>(
      "INSERT INTO gap (import, line, file, item, scheme, subject, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    // What was kept back after the file had come to say so may be newer than it.
    closeGaps: database.prepare<[{ id: number; item: ItemCode; file: string; isNew: 0 | 1 }]>(
      `DELETE FROM gap WHERE item = @item AND (
         EXISTS (SELECT 1 FROM seen
           WHERE seen.import = @id AND seen.id = gap.record AND gap.import <= seen.since)
         OR (import < @id AND record IS NULL AND file = @file AND EXISTS (
           SELECT 1 FROM record JOIN seen USING (id)
           WHERE seen.import = @id AND (@isNew OR gap.import <= seen.since) AND record.item = gap.item
             AND record.scheme = gap.scheme AND record.subject = gap.subject)))`,
    ),
    complete: database.prepare<[ImportCounts & { id: number; finishedAt: string }]>(
      `UPDATE import SET finished_at = @finishedAt, received = @received, accepted = @accepted,
       unchanged = @unchanged, quarantined = @quarantined, duplicates = @duplicates WHERE id = @id`,
    ),
    cover: database.prepare<[IncomingFile]>(
      `INSERT INTO coverage (item, as_of) VALUES (@item, @startedAt)
       ON CONFLICT (item) DO UPDATE SET as_of = max(as_of, excluded.as_of)`,
    ),
  };
}
