import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { StreamRow } from "../intake/index.ts";
import { type BoundValue, type DatabaseRow, type PlatformDatabase, plainText } from "../source/index.ts";
import type { FollowedDatabase, TableConfig } from "./config.ts";
import { boundValue, keyText } from "./key.ts";
import { mostKeys, pageRows, type Statements, statementsOf } from "./statements.ts";

/** Mark and key of a row. */
export type MarkPlace = readonly [mark: string, key: string];
/** Transaction and number of a change. */
export type ChangePlace = readonly [xid: string, n: string];

export interface TablePage {
  readonly rows: readonly StreamRow[];
  readonly isLast: boolean;
}

export interface MarkedPage extends TablePage {
  /** Where each of its rows stands. */
  readonly places: readonly MarkPlace[];
}

export interface ChangePage extends TablePage {
  readonly last?: ChangePlace;
  /** The whole table was emptied at once: no row says so of itself. */
  readonly isEmptied: boolean;
}

type Read<T> = Promise<Result<T, string>>;

/** One table of a platform's, a page a question. */
export interface FollowedTable {
  byKey(after: string | undefined, signal: AbortSignal): Read<TablePage>;
  byMark(after: MarkPlace | undefined, signal: AbortSignal): Read<MarkedPage>;
  /** Whether a row has no mark. */
  hasUnmarked(signal: AbortSignal): Read<boolean>;
  changedAfter(after: ChangePlace, signal: AbortSignal): Read<ChangePage>;
  /** The newest change; `settled`: of those that nothing can come before any more. */
  newestChange(which: "any" | "settled", signal: AbortSignal): Read<ChangePlace | undefined>;
  /** Those that are there, of at most a hundred. */
  ofKeys(keys: readonly string[], signal: AbortSignal): Read<readonly StreamRow[]>;
}

const unfitKey = "a key or mark is neither text nor a number";

export function followedTable(
  stream: string,
  config: TableConfig,
  dialect: FollowedDatabase["dialect"],
  database: PlatformDatabase,
): FollowedTable {
  const sql = statementsOf(config, dialect, database.parameter);
  const ask = async (which: keyof Statements, values: readonly BoundValue[], signal: AbortSignal) => {
    const text = sql[which];
    if (text === undefined) throw new Error(`${stream} is not followed that way`);
    return database.query(`xinqiao-${stream}-${which}`, text, values, signal);
  };
  const rowsOf = rowReader(config);
  return {
    async byKey(after, signal) {
      const read =
        after === undefined
          ? await ask("first", [], signal)
          : await ask("after", [boundValue(after)], signal);
      return read.ok ? pageOf(read.value, rowsOf) : read;
    },
    async byMark(after, signal) {
      const read = await (after === undefined
        ? ask("firstMark", [], signal)
        : ask("afterMark", after.map(boundValue), signal));
      return read.ok ? markedPage(read.value, rowsOf) : read;
    },
    async hasUnmarked(signal) {
      const read = await ask("unmarked", [], signal);
      return read.ok ? ok(read.value.length > 0) : read;
    },
    async changedAfter(after, signal) {
      const read = await ask("changed", after.map(BigInt), signal);
      return read.ok ? changePage(read.value, rowsOf) : read;
    },
    async newestChange(which, signal) {
      const read = await ask(which === "any" ? "newest" : "newestSettled", [], signal);
      return read.ok ? ok(changePlaceOf(read.value.at(-1))) : read;
    },
    async ofKeys(keys, signal) {
      const [some = ""] = keys;
      const padded = Array.from({ length: mostKeys }, (_, at) => boundValue(keys[at] ?? some));
      const read = await ask("ofKeys", padded, signal);
      return read.ok ? rowsOf(read.value) : read;
    },
  };
}

type RowReader = (rows: readonly DatabaseRow[]) => Result<readonly StreamRow[], string>;

function rowReader({ fields, stateColumn }: TableConfig): RowReader {
  const cells = Object.keys(fields).map((_, at) => `c${at}`);
  return (rows) => {
    const read = rows.flatMap((row): readonly StreamRow[] => {
      const key = keyText(row.k);
      if (key === undefined) return [];
      const state = stateColumn === undefined ? undefined : plainText(row.s);
      return [{ key, cells: cells.map((cell) => row[cell]), state }];
    });
    return read.length === rows.length ? ok(read) : err(unfitKey);
  };
}

function pageOf(found: readonly DatabaseRow[], rowsOf: RowReader): Result<TablePage, string> {
  const rows = rowsOf(found);
  return rows.ok ? ok({ rows: rows.value, isLast: found.length < pageRows }) : rows;
}

function markedPage(found: readonly DatabaseRow[], rowsOf: RowReader): Result<MarkedPage, string> {
  const page = pageOf(found, rowsOf);
  if (!page.ok) return page;
  const places = found.flatMap(({ m, k }): readonly MarkPlace[] => {
    const [mark, key] = [keyText(m), keyText(k)];
    return mark === undefined || key === undefined ? [] : [[mark, key]];
  });
  return places.length === found.length ? ok({ ...page.value, places }) : err(unfitKey);
}

function changePage(found: readonly DatabaseRow[], rowsOf: RowReader): Result<ChangePage, string> {
  const changed = found.filter((row) => row.changed !== null);
  const there = rowsOf(changed.filter((row) => row.k !== null));
  if (!there.ok) return there;
  const gone: StreamRow[] = [];
  for (const row of changed) {
    if (row.k !== null) continue;
    const key = keyText(row.changed);
    if (key === undefined) return err(unfitKey);
    gone.push({ key });
  }
  const last = changePlaceOf(found.at(-1));
  return ok({
    rows: [...gone, ...there.value],
    isLast: found.length < pageRows,
    isEmptied: changed.length < found.length,
    ...(last !== undefined && { last }),
  });
}

function changePlaceOf(row: DatabaseRow | undefined): ChangePlace | undefined {
  return row === undefined ? undefined : [String(row.xid), String(row.n)];
}
