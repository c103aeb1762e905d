import Database from "better-sqlite3";
import { z } from "zod";
import { archiveOf, openArchive } from "../../archive/index.ts";
import { migrations } from "./migrations.ts";

export type { Database } from "better-sqlite3";

const busyMs = 5_000;

/**
 * Opens the gateway's database for its one writer. `synchronous=FULL`: a commit that returned is on the
 * disk, through a power cut as well.
 */
export function openDatabase(path: string): Database.Database {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma(`busy_timeout = ${busyMs}`);
  database.pragma("foreign_keys = ON");
  // What is deleted is overwritten, so that a key that was destroyed is in no free page.
  database.pragma("secure_delete = ON");
  migrate(database);
  readArchive(database, path);
  return database;
}

/**
 * Takes the log for this writer alone, until the connection is closed or the process dies: two writers
 * would each hold half of the tree in memory. The lock is a file of its own, so that readers stay free.
 */
export function lockLog(path: string): Database.Database {
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch {
    lock.close();
    throw new Error("the audit log is in use: another gateway is writing it · 审计日志正被另一网关进程写入");
  }
  return lock;
}

/**
 * A second connection that only reads: searches and checks never wait for the writer. Entries that have left for the
 * archive are read from there: `entry` is a view here.
 */
export function openReadOnly(path: string): Database.Database {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  database.pragma(`busy_timeout = ${busyMs}`);
  readArchive(database, path);
  const has = (table: string) =>
    database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) !== undefined;
  if (!has("archived")) database.exec("CREATE TEMP VIEW archived AS SELECT 0 AS size");
  if (has("entry")) {
    database.exec(
      `CREATE TEMP VIEW entry AS SELECT idx, at, ${toldOf(database)} AS told, kind, exchange,
         CASE leaf WHEN '' THEN archived_leaf(idx) ELSE leaf END AS leaf FROM main.entry`,
    );
  }
  return database;
}

/** What is read of a log at once. */
export function readOnce<Value>(path: string, read: (database: Database.Database) => Value): Value {
  const database = openReadOnly(path);
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** A log that no gateway of this version has opened yet has no such column. */
function toldOf(database: Database.Database): string {
  const column = database.prepare("SELECT 1 FROM pragma_table_info('entry', 'main') WHERE name = 'told'");
  return column.get() === undefined ? "NULL" : "told";
}

/** `archived_leaf(idx)` and `archived_hash(level, idx)`: of what is in the archive, and of nothing else. */
function readArchive(database: Database.Database, path: string): void {
  const archive = openArchive(archiveOf(path));
  database.function("archived_leaf", (index: number) => archive.leaf(index).toString());
  database.function("archived_hash", (level: number, index: number) => archive.hash(level, index));
}

/** Reads hashes of the tree by their place, from wherever each is kept. */
export function hashReader(
  database: Database.Database,
): (level: number, index: number) => Buffer | undefined {
  const kept = database
    .prepare<[number, number], Buffer | null>(
      `SELECT CASE WHEN node.hash IS NULL AND level < 8 AND (idx << level) < (SELECT size FROM archived)
         THEN archived_hash(level, idx) ELSE node.hash END
       FROM (SELECT ? AS level, ? AS idx) LEFT JOIN node USING (level, idx)`,
    )
    .pluck();
  return (level, index) => kept.get(level, index) ?? undefined;
}

/** Entries that are in the archive. */
export function archivedSize(database: Database.Database): number {
  return database.prepare<[], number>("SELECT size FROM archived").pluck().get() ?? 0;
}

/**
 * Brings the journal into the database and empties it, so that nothing that was overwritten is left there. False while a
 * reader still needs some of it; nobody is waited for.
 */
export function emptyJournal(database: Database.Database): boolean {
  database.pragma("busy_timeout = 0");
  try {
    const [result] = z
      .array(z.object({ busy: z.number() }))
      .parse(database.pragma("wal_checkpoint(TRUNCATE)"));
    return result?.busy === 0;
  } finally {
    database.pragma(`busy_timeout = ${busyMs}`);
  }
}

/** Forward only: `user_version` counts the migrations applied. */
function migrate(database: Database.Database): void {
  const done = Number(database.pragma("user_version", { simple: true }));
  if (done > migrations.length) {
    throw new Error(`the database is of a newer version (${done}) than this program (${migrations.length})`);
  }
  migrations.slice(done).forEach((sql, index) => {
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${done + index + 1}`);
    })();
  });
}
