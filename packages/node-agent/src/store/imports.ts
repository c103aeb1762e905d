import { type ItemCode, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { EarlierFile } from "./file-rows.ts";
import {
  createImportSessions,
  type ImportCounts,
  type ImportSession,
  type IncomingFile,
  type QuarantinedRow,
} from "./import-session.ts";
import type { Records, SubjectKey } from "./records.ts";

/** A row that somebody's history waits for. */
export interface OpenGap {
  readonly import: number;
  readonly line: number;
  readonly file: string;
  readonly item: string;
}

export interface ImportSummary extends IncomingFile, ImportCounts {
  readonly id: number;
  /** Absent: under way, or broken off. */
  readonly finishedAt?: string;
}

export interface Imports {
  /** @param earlier what it came as before: what it has said before is no news; absent: all of it is */
  start(file: IncomingFile, earlier?: EarlierFile): ImportSession;
  /** As what a file came before: the very same bytes, or another of its name. */
  earlier(file: Pick<IncomingFile, "file" | "sha256" | "item">): EarlierFile | undefined;
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
  /** Some of what is known of rows beside them. @returns whether there may be more */
  purgeFileRows(before: string): boolean;
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
  const { start, rows } = createImportSessions(database, records);
  return {
    start,
    earlier: rows.earlier,
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
    purgeFileRows: rows.dropOld,
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
