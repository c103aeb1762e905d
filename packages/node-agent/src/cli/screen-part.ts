import { closeSync, createWriteStream, openSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { CommandError } from "@xinqiao/runtime/cli";
import { codeOf, linkNew } from "@xinqiao/runtime/files";
import Database from "better-sqlite3";
import { z } from "zod";
import { writeHits } from "./hits-file.ts";
import type { HitsRow } from "./screen-list.ts";

const countsSchema = z.object({
  screened: z.number().int(),
  hits: z.number().int(),
  /** Not answered by the city. */
  unanswered: z.number().int(),
  invalid: z.number().int(),
});
export type ScreenCounts = z.infer<typeof countsSchema>;

const doneSchema = z.object({ task: z.string(), line: z.number(), counts: z.string() });

/** How far a list was screened, and what came of it: what one request has brought is kept whole or not at all. */
export interface ScreeningPart {
  /** The last line that is done. */
  readonly line: number;
  readonly counts: ScreenCounts;
  keep(upTo: number, counts: ScreenCounts, rows: readonly HitsRow[]): void;
  /** Puts all of it into a new file, and goes. */
  finish(out: string, columns: readonly string[]): Promise<void>;
  /** Lets go of it; where nothing was kept yet, nothing is left. */
  close(): void;
}

const none: ScreenCounts = { screened: 0, hits: 0, unanswered: 0, invalid: 0 };

/**
 * Opens what a command has left that was cut off, or begins. One process at a time: the lock ends with it, however it ends.
 * @param task what is screened and for what: another list does not go on here
 */
export function openPart(out: string, task: string): ScreeningPart {
  const path = `${out}.part`;
  const database = openLocked(path);
  const sql = prepare(database);
  const done = doneSchema.optional().parse(sql.done.get());
  if (done !== undefined && done.task !== task) {
    database.close();
    throw new CommandError(
      `what is left of another list or matter: name another --out, or delete it · 另一名单或事项的未完成结果，请另指 --out 或删除: ${path}`,
    );
  }
  let [line, counts] = done ? [done.line, countsSchema.parse(JSON.parse(done.counts))] : [0, none];
  const keep = database.transaction((upTo: number, so: ScreenCounts, rows: readonly HitsRow[]) => {
    sql.add.run(upTo, JSON.stringify(rows));
    sql.move.run(task, upTo, JSON.stringify(so));
  });
  return {
    get line() {
      return line;
    },
    get counts() {
      return counts;
    },
    keep(upTo, so, rows) {
      keep.immediate(upTo, so, rows);
      [line, counts] = [upTo, so];
    },
    async finish(file, columns) {
      await publish(file, columns, rowsOf(sql.texts.iterate()));
      database.close();
      await rm(path);
    },
    close() {
      if (database.open && line === 0) rmSync(path, { force: true });
      database.close();
    },
  };
}

function openLocked(path: string): Database.Database {
  try {
    closeSync(openSync(path, "a", 0o600));
    const database = new Database(path, { timeout: 0 });
    database.pragma("locking_mode = EXCLUSIVE");
    database.exec(`
      BEGIN EXCLUSIVE;
      CREATE TABLE IF NOT EXISTS part (up_to INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS done
        (one INTEGER PRIMARY KEY CHECK (one = 1), task TEXT NOT NULL, line INTEGER NOT NULL, counts TEXT NOT NULL) STRICT;
      COMMIT;`);
    return database;
  } catch (error) {
    const code = codeOf(error);
    if (code === "SQLITE_BUSY") {
      throw new CommandError(`is being written by another process · 另一进程正在写入: ${path}`);
    }
    throw new CommandError(`cannot be made (${String(code)}) · 无法新建: ${path}`);
  }
}

function prepare(database: Database.Database) {
  return {
    done: database.prepare("SELECT task, line, counts FROM done"),
    add: database.prepare("INSERT INTO part (up_to, text) VALUES (?, ?)"),
    move: database.prepare("INSERT OR REPLACE INTO done (one, task, line, counts) VALUES (1, ?, ?, ?)"),
    texts: database.prepare<[], string>("SELECT text FROM part ORDER BY up_to").pluck(),
  };
}

const rowsSchema = z.array(z.array(z.string()));

function* rowsOf(texts: Iterable<string>): Generator<HitsRow> {
  for (const text of texts) yield* rowsSchema.parse(JSON.parse(text));
}

/** Whole or not at all, and never in the place of another. */
async function publish(file: string, columns: readonly string[], rows: Iterable<HitsRow>): Promise<void> {
  const draft = `${file}.next`;
  await writeHits(file, createWriteStream(draft, { mode: 0o600, flush: true }), { columns, rows });
  const isMade = await linkNew(draft, file);
  await rm(draft);
  if (!isMade) throw new CommandError(`is there already · 文件已存在: ${file}`);
}
