import { type ItemCode, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Records, SubjectKey } from "./records.ts";
import { createSeenRecords, type Taken } from "./seen.ts";

/** A row that somebody's history waits for. */
export interface OpenGap {
  readonly import: number;
  readonly line: number;
  readonly file: string;
  readonly item: string;
}

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

export interface ImportSummary extends IncomingFile, ImportCounts {
  readonly id: number;
  /** Absent: under way, or broken off. */
  readonly finishedAt?: string;
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
   * file has brought records of the same subject.
   */
  finish(counts: ImportCounts, finishedAt: string): void;
  /** Call once, finished or not. */
  close(): void;
}

export interface Imports {
  /** @param takenBefore an ISO instant: what has come to say otherwise since then is left as it is */
  start(file: IncomingFile, takenBefore?: string): ImportSession;
  /** When the first finished import of these very bytes began: an ISO instant. */
  firstTaken(file: Pick<IncomingFile, "sha256" | "item">): string | undefined;
  /** Newest first. */
  list(limit: number): readonly ImportSummary[];
  /** Item → ISO instant at which the newest import that says how things stand was started. */
  coverage(): ReadonlyMap<ItemCode, string>;
  quarantined(id: number): Iterable<Omit<QuarantinedRow, "trace">>;
  /** What is open, oldest first: where the row stood, never whom it is about. */
  openGaps(): readonly OpenGap[];
  /** An operator's word that a row needs no more waiting for. Whether there was such a gap. */
  closeGap(gap: Pick<OpenGap, "import" | "line">): boolean;
  /** Which of the items have rows about the subject that were kept back. One indexed read. */
  gaps(subject: SubjectKey, items: readonly ItemCode[]): readonly ItemCode[];
  /** How many rows imports begun between two ISO instants have kept back. */
  keptBack(from: string, to: string): number;
  /** Deletes kept-back rows of imports started before an ISO instant: personal data is kept no longer than needed. */
  purgeQuarantine(before: string): number;
}

const summaryColumns = `
  id, file, sha256, item, started_at AS startedAt, finished_at AS finishedAt,
  received, accepted, unchanged, quarantined, duplicates`;

const pageSize = 500;

export function createImports(database: Database, records: Records): Imports {
  const summaries = database.prepare<[number], Omit<ImportSummary, "finishedAt"> & Finished>(
    `SELECT ${summaryColumns} FROM import ORDER BY id DESC LIMIT ?`,
  );
  const coverage = database.prepare<[], { item: string; asOf: string }>(
    "SELECT item, as_of AS asOf FROM coverage",
  );
  const purge = database.prepare<[string]>(
    "DELETE FROM quarantine WHERE import IN (SELECT id FROM import WHERE started_at < ?)",
  );
  const keptBack = database
    .prepare<[string, string], number>(
      "SELECT coalesce(sum(quarantined), 0) FROM import WHERE started_at >= ? AND started_at < ?",
    )
    .pluck();
  const open = database.prepare<[], OpenGap>(
    "SELECT import, line, file, item FROM gap ORDER BY import, line",
  );
  const close = database.prepare<[number, number]>("DELETE FROM gap WHERE import = ? AND line = ?");
  const gaps = database.prepare<[string, string, string], { item: string }>(
    `SELECT DISTINCT item FROM gap
     WHERE scheme = ? AND subject = ? AND item IN (SELECT value FROM json_each(?))`,
  );
  const firstTaken = database
    .prepare<[Pick<IncomingFile, "sha256" | "item">], string | null>(
      "SELECT min(started_at) FROM import WHERE sha256 = @sha256 AND item = @item AND finished_at IS NOT NULL",
    )
    .pluck();
  return {
    start: sessionStarter(database, records),
    firstTaken: (file) => firstTaken.get(file) ?? undefined,
    list: (limit) =>
      summaries
        .all(limit)
        .map(({ finishedAt, ...summary }) => ({ ...summary, ...(finishedAt !== null && { finishedAt }) })),
    coverage: () => new Map(coverage.all().map(({ item, asOf }) => [itemCodeSchema.parse(item), asOf])),
    quarantined: quarantineReader(database),
    openGaps: () => open.all(),
    closeGap: (gap) => close.run(gap.import, gap.line).changes === 1,
    gaps: ({ scheme, id }, items) =>
      gaps.all(scheme, id, JSON.stringify(items)).map(({ item }) => itemCodeSchema.parse(item)),
    keptBack: (from, to) => keptBack.get(from, to) ?? 0,
    purgeQuarantine: (before) => purge.run(before).changes,
  };
}

interface Finished {
  readonly finishedAt: string | null;
}

export const reasonsSchema = z.array(z.object({ field: z.string().optional(), reason: z.string() }));
const cellsSchema = z.array(z.string());

/** Page by page: an open cursor would keep the connection from writing for as long as the reader takes. */
function quarantineReader(database: Database): Imports["quarantined"] {
  const page = database.prepare<[number, number], { line: number; reasons: string; cells: string }>(
    `SELECT line, reasons, cells FROM quarantine WHERE import = ? AND line > ? ORDER BY line LIMIT ${pageSize}`,
  );
  return function* (id) {
    let after = 0;
    for (let rows = page.all(id, after); rows.length > 0; rows = page.all(id, after)) {
      for (const { line, reasons, cells } of rows) {
        yield {
          line,
          reasons: reasonsSchema.parse(JSON.parse(reasons)),
          cells: cellsSchema.parse(JSON.parse(cells)),
        };
        after = line;
      }
    }
  };
}

function sessionStarter(database: Database, records: Records): Imports["start"] {
  const seen = createSeenRecords(database, records);
  const insert = database.prepare<[IncomingFile]>(
    "INSERT INTO import (file, sha256, item, started_at) VALUES (@file, @sha256, @item, @startedAt)",
  );
  const keep = database.prepare<[number, number, string, string]>(
    "INSERT INTO quarantine (import, line, reasons, cells) VALUES (?, ?, ?, ?)",
  );
  const open = database.prepare<[number, number, string, ItemCode, string, string, string | null]>(
    "INSERT INTO gap (import, line, file, item, scheme, subject, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const closeGaps = database.prepare<[{ id: number; item: ItemCode; file: string }]>(
    `DELETE FROM gap WHERE item = @item AND (
       (import <= @id AND record IN (SELECT id FROM seen WHERE import = @id))
       OR (import < @id AND record IS NULL AND file = @file AND EXISTS (
         SELECT 1 FROM record JOIN seen USING (id)
         WHERE seen.import = @id AND record.item = gap.item
           AND record.scheme = gap.scheme AND record.subject = gap.subject)))`,
  );
  const complete = database.prepare<[ImportCounts & { id: number; finishedAt: string }]>(
    `UPDATE import SET finished_at = @finishedAt, received = @received, accepted = @accepted,
     unchanged = @unchanged, quarantined = @quarantined, duplicates = @duplicates WHERE id = @id`,
  );
  const cover = database.prepare<[IncomingFile]>(
    `INSERT INTO coverage (item, as_of) VALUES (@item, @startedAt)
     ON CONFLICT (item) DO UPDATE SET as_of = max(as_of, excluded.as_of)`,
  );
  return (file, takenBefore) => {
    const id = Number(insert.run(file).lastInsertRowid);
    const takeAll = database.transaction((batch: readonly CreditRecord[]) =>
      batch.map((record) => seen.take(record, { import: id, takenBefore })),
    );
    const keepAll = database.transaction((rows: readonly QuarantinedRow[]) => {
      for (const { line, reasons, cells, trace } of rows) {
        keep.run(id, line, JSON.stringify(reasons), JSON.stringify(cells));
        if (trace === undefined) continue;
        const { subject, record = null } = trace;
        open.run(id, line, file.file, file.item, subject.scheme, subject.id, record);
      }
    });
    const finish = database.transaction((counts: ImportCounts, finishedAt: string) => {
      complete.run({ ...counts, id, finishedAt });
      if (!saysHowThingsStand(counts)) return;
      closeGaps.run({ id, item: file.item, file: file.file });
      cover.run(file);
    });
    return {
      id,
      take: (batch) => takeAll.immediate(batch),
      quarantine: (rows) => keepAll.immediate(rows),
      finish: (counts, finishedAt) => finish.immediate(counts, finishedAt),
      close: () => seen.forget(id),
    };
  };
}

/** A file of which no row could be read says nothing; an empty one says that there is nothing. */
function saysHowThingsStand({ received, quarantined }: ImportCounts): boolean {
  return received === 0 || quarantined < received;
}
