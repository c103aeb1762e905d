import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { codeOf } from "@xinqiao/runtime/files";
import Database, { SqliteError } from "better-sqlite3";
import { quotedTable } from "../../source/index.ts";
import type { Batch, DeliveryFault, Platform } from "../port.ts";
import { columnNames, createTableSql, flatRowOf, placeTable, rowsOf, standingOf } from "./table.ts";

export interface SqliteTableOptions {
  readonly path: string;
  readonly table: string;
  /** Whether the agent makes the table, and the file, where they are missing. */
  readonly create: boolean;
}

/** The platform may be writing: it is tried again, since waiting here would hold everything else up. */
const busyTimeoutMs = 100;

/** What the platform's own constraints and triggers say no to, and what does not fit; anything else is not the record's fault. */
const refusals = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/;

/** Source and record of a row. */
type Key = [string, string];
/** The slice ended there; nothing: it was the last. */
interface Swept {
  readonly to?: Key | undefined;
  readonly fault: DeliveryFault | undefined;
}
const beginning: Key = ["", ""];
const sliceRows = 2_000;

/** A table in the platform's SQLite file, with where it stands in the same file: a batch is in effect once. */
export function openSqliteTable({ path, table, create }: SqliteTableOptions): Platform {
  let opened: ReturnType<typeof open> | undefined;
  function close(): void {
    opened?.database.close();
    opened = undefined;
  }
  // Opened again after a fault: the platform may replace its file.
  function attempt<Value>(
    work: (table: ReturnType<typeof open>) => Result<Value, DeliveryFault>,
  ): Result<Value, DeliveryFault> {
    try {
      opened ??= open(path, table, create);
      return work(opened);
    } catch (error) {
      const reason = codeOf(error);
      if (error instanceof SqliteError && refusals.test(error.code))
        return err({ code: "delivery.refused", reason: error.code });
      close();
      if (typeof reason === "string") return err({ code: "delivery.unavailable", reason });
      // The driver's own refusals: a missing folder is a TypeError.
      if (error instanceof TypeError) return err({ code: "delivery.unavailable", reason: "SQLITE_CANTOPEN" });
      throw error;
    }
  }
  function sweepFrom(batch: Batch, from: Key): Swept {
    const end = attempt((opened) => ok(opened.endOf(from)));
    if (!end.ok) return { fault: end.error };
    const swept = attempt((opened) => opened.sweep(batch, from, end.value));
    return { to: end.value, fault: swept.ok ? undefined : swept.error };
  }
  /** A slice at a time: while one is looked through, nothing else happens in this process. What is refused stays alone. */
  async function sweep(batch: Batch, signal: AbortSignal): Promise<Result<void, DeliveryFault>> {
    let refused: DeliveryFault | undefined;
    for (let from: Key | undefined = beginning; from !== undefined; ) {
      if (signal.aborted) return err({ code: "delivery.unavailable", reason: "abandoned" });
      const { to, fault }: Swept = sweepFrom(batch, from);
      if (fault !== undefined && fault.code !== "delivery.refused") return err(fault);
      refused ??= fault;
      from = to;
      await setImmediate();
    }
    return refused === undefined ? ok(undefined) : err(refused);
  }
  return {
    target: "table",
    async take(batch, signal) {
      const swept = batch.complete ? await sweep(batch, signal) : ok(undefined);
      return swept.ok ? attempt(({ take }) => take(batch)) : swept;
    },
    check: async () => check({ path, table, create }),
    close: async () => close(),
  };
}

/** Makes nothing: who asks may be somebody else than who delivers. */
function check({ path, table, create }: SqliteTableOptions): Result<string, DeliveryFault> {
  const made = ok(`sqlite, ${table}`);
  try {
    if (create && !existsSync(path)) {
      accessSync(dirname(path), constants.W_OK);
      return made;
    }
    accessSync(path, constants.W_OK);
    const database = new Database(path, { readonly: true, timeout: busyTimeoutMs });
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE name IN (?, ?)");
      if (!create || tables.all(table, placeTable(table)).length === 2) prepare(database, table);
      return made;
    } finally {
      database.close();
    }
  } catch (error) {
    const reason = codeOf(error);
    if (typeof reason !== "string") throw error;
    return err({ code: "delivery.unavailable", reason });
  }
}

function open(path: string, table: string, create: boolean) {
  // Not for everybody on this machine to read: these are personal data.
  if (create) closeSync(openSync(path, "a", 0o640));
  const database = new Database(path, { fileMustExist: !create, timeout: busyTimeoutMs });
  try {
    // A commit that was reported is on the platform's disk.
    database.pragma("synchronous = FULL");
    if (create) database.exec(createTableSql(table, "sqlite"));
    const sql = prepare(database, table);
    const take = database.transaction((batch: Batch): Result<void, DeliveryFault> => {
      const standing = standingOf(batch, sql.place.get());
      if (standing === "another-past") return err({ code: "delivery.another-past", reason: standing });
      if (standing === "taken") return ok(undefined);
      const { put, removed } = rowsOf(batch);
      for (const each of removed) sql.remove.run(each);
      for (const row of put) sql.put.run(flatRowOf(row));
      sql.move.run(batch.generation, batch.mark);
      return ok(undefined);
    });
    const sweep = database.transaction(
      (batch: Batch, from: Key, to: Key | undefined): Result<void, DeliveryFault> => {
        if (standingOf(batch, sql.place.get()) !== "next") return ok(undefined);
        if (to === undefined) sql.sweepRest.run(...from, batch.generation);
        else sql.sweep.run(...from, ...to, batch.generation);
        return ok(undefined);
      },
    );
    return {
      database,
      take: (batch: Batch) => take.immediate(batch),
      endOf: (from: Key): Key | undefined => sql.end.get(...from, sliceRows - 1),
      sweep: (batch: Batch, from: Key, to: Key | undefined) => sweep.immediate(batch, from, to),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: Database.Database, table: string) {
  const [name, place] = [quotedTable(table), quotedTable(placeTable(table))];
  const changes = columnNames.map((column) => `${column} = excluded.${column}`).join(", ");
  return {
    place: database.prepare<[], string>(`SELECT mark FROM ${place}`).pluck(),
    put: database.prepare(
      `INSERT INTO ${name} (${columnNames.join(", ")}) VALUES (${columnNames.map((column) => `@${column}`).join(", ")})
       ON CONFLICT (source, record) DO UPDATE SET ${changes}`,
    ),
    remove: database.prepare(`DELETE FROM ${name} WHERE source = @source AND record = @record`),
    end: database
      .prepare<[string, string, number], Key>(
        `SELECT source, record FROM ${name} WHERE (source, record) > (?, ?) ORDER BY source, record LIMIT 1 OFFSET ?`,
      )
      .raw(),
    sweep: database.prepare<[string, string, string, string, string]>(
      `DELETE FROM ${name} WHERE (source, record) > (?, ?) AND (source, record) <= (?, ?) AND generation <> ?`,
    ),
    sweepRest: database.prepare<[string, string, string]>(
      `DELETE FROM ${name} WHERE (source, record) > (?, ?) AND generation <> ?`,
    ),
    move: database.prepare<[string, string]>(
      `INSERT INTO ${place} (one, generation, mark) VALUES (1, ?, ?)
       ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, mark = excluded.mark`,
    ),
  };
}
