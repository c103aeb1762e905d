import type { Database } from "better-sqlite3";
import type { IncomingFile } from "./import-session.ts";

/** One import of a file. */
export interface FileImport {
  readonly id: number;
  /** ISO instant. */
  readonly startedAt: string;
}

/** What an incoming file came as before. */
export interface EarlierFile {
  /** Its last import that was finished. */
  readonly last: number;
  /** Absent: it was another file of that name. */
  readonly sameBytes?: SameBytes;
}

/** The imports of the very same bytes. */
export interface SameBytes {
  /** The first one that was finished. */
  readonly first: FileImport;
  /** Those that were broken off, too: what they took is nobody else's word. */
  readonly imports: readonly FileImport[];
  /** Of the last one that was finished every row was kept back, as it is still known, and no file of its name has come since. */
  readonly keptAll: boolean;
}

/** What a row said. */
export interface SaidRow {
  readonly digest: Buffer;
  /** The import since which its file has said so each time that it came. */
  readonly since: number;
}

/** Rows of one transaction: an agent that serves is not kept waiting for longer. */
const sliceRows = 500;

/**
 * What the rows of a file said of which others were kept back: its sender corrects those and sends all of them again, and
 * the others are no news then. Kept until a file of that name comes again, or the rows kept back are forgotten.
 */
export function createFileRows(database: Database) {
  const sql = prepare(database);
  const drop = (id: number | undefined) => id !== undefined && sql.drop.run({ id }).changes > 0;
  return {
    earlier(file: Pick<IncomingFile, "file" | "sha256" | "item">): EarlierFile | undefined {
      const imports = sql.sameBytes.all(file);
      const finished = imports.filter(({ finishedAt }) => finishedAt !== null);
      const [first, last] = [finished[0], finished.at(-1)?.id];
      if (first === undefined || last === undefined) {
        const other = sql.sameName.get(file);
        return other === undefined ? undefined : { last: other };
      }
      return { last, sameBytes: { first, imports, keptAll: sql.keptAll.get(last) !== undefined } };
    },
    has: (id: number) => sql.has.get(id) !== undefined,
    said: (id: number, record: string) => sql.said.get(id, record),
    /** Keeps some more of what an import has seen. @returns whether there may be more */
    keep: (id: number) => sql.keep.run({ id }).changes > 0,
    /** Some of what earlier files of an import's name have kept. @returns whether there may be more */
    dropEarlier: (id: number) => drop(sql.earlierKeeper.get(id)),
    /** Some of what imports started before an ISO instant have kept. @returns whether there may be more */
    dropOld: (before: string) => drop(sql.oldKeeper.get(before)),
  };
}

function prepare(database: Database) {
  return {
    sameBytes: database.prepare<
      [Pick<IncomingFile, "sha256" | "item">],
      FileImport & { finishedAt: string | null }
    >(
      `SELECT id, started_at AS startedAt, finished_at AS finishedAt FROM import
       WHERE sha256 = @sha256 AND item = @item ORDER BY id`,
    ),
    keptAll: database.prepare<[number], unknown>(
      `SELECT 1 FROM import WHERE id = ? AND accepted + unchanged + duplicates = 0
         AND EXISTS (SELECT 1 FROM quarantine WHERE quarantine.import = import.id)
         AND NOT EXISTS (SELECT 1 FROM import AS later
           WHERE later.file = import.file AND later.item = import.item AND later.id > import.id
             AND later.finished_at IS NOT NULL)`,
    ),
    sameName: database
      .prepare<[Pick<IncomingFile, "file" | "item">], number>(
        `SELECT id FROM import WHERE file = @file AND item = @item AND finished_at IS NOT NULL
         ORDER BY id DESC LIMIT 1`,
      )
      .pluck(),
    has: database.prepare<[number], unknown>("SELECT 1 FROM file_row WHERE import = ? LIMIT 1"),
    said: database.prepare<[number, string], SaidRow>(
      "SELECT digest, since FROM file_row WHERE import = ? AND record = ?",
    ),
    keep: database.prepare<[{ id: number }]>(
      `INSERT INTO file_row (import, record, digest, since)
       SELECT import, id, digest, since FROM seen WHERE import = @id
         AND id > coalesce((SELECT max(record) FROM file_row WHERE import = @id), '')
       ORDER BY id LIMIT ${sliceRows}`,
    ),
    drop: database.prepare<[{ id: number }]>(
      `DELETE FROM file_row WHERE import = @id AND record IN (
         SELECT record FROM file_row WHERE import = @id ORDER BY record LIMIT ${sliceRows})`,
    ),
    earlierKeeper: database
      .prepare<[number], number>(
        `SELECT earlier.id FROM import JOIN import AS earlier USING (file, item)
         WHERE import.id = ? AND earlier.id < import.id
           AND EXISTS (SELECT 1 FROM file_row WHERE file_row.import = earlier.id) LIMIT 1`,
      )
      .pluck(),
    oldKeeper: database
      .prepare<[string], number>(
        `SELECT id FROM import WHERE started_at < ?
           AND EXISTS (SELECT 1 FROM file_row WHERE file_row.import = import.id) LIMIT 1`,
      )
      .pluck(),
  };
}
