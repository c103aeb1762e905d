import { err, ok } from "@xinqiao/protocol/result";
import Database, { SqliteError } from "better-sqlite3";
import type { BoundValue, DatabaseRow, PlatformDatabase } from "./port.ts";

/**
 * A platform's SQLite file, read only. Opened at the first question and again after a failure: the
 * platform may replace its file. A statement cannot be cancelled half way; it is one indexed read of a
 * local file, and `timeoutMs` bounds the wait for the platform's own writes.
 */
export function openSqlite(path: string, timeoutMs: number): PlatformDatabase {
  let database: Database.Database | undefined;
  const statements = new Map<string, Database.Statement<BoundValue[], DatabaseRow>>();
  const close = () => {
    statements.clear();
    database?.close();
    database = undefined;
  };
  const prepare = (name: string, text: string) => {
    const prepared = statements.get(name);
    if (prepared) return prepared;
    database ??= new Database(path, { readonly: true, fileMustExist: true, timeout: timeoutMs });
    // Integers as bigint: identifiers beyond 2^53 keep their last digits.
    const statement = database.prepare<BoundValue[], DatabaseRow>(text).safeIntegers();
    statements.set(name, statement);
    return statement;
  };
  return {
    parameter: () => "?",
    async query(name, text, values, signal) {
      if (signal.aborted) return err("abandoned");
      try {
        return ok(prepare(name, text).all(...values));
      } catch (error) {
        close();
        if (error instanceof SqliteError) return err(`the database cannot be read (${error.code})`);
        // The driver's own refusals: a missing folder is a TypeError.
        if (error instanceof TypeError) return err("the database cannot be opened");
        throw error;
      }
    },
    async close() {
      close();
    },
  };
}
