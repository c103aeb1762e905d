import Database from "better-sqlite3";
import { migrations } from "./migrations.ts";

export type { Database } from "better-sqlite3";

/**
 * Opens the gateway's database for its one writer. `synchronous=FULL`: a commit that returned is on the
 * disk, through a power cut as well.
 */
export function openDatabase(path: string): Database.Database {
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("busy_timeout = 5000");
  database.pragma("foreign_keys = ON");
  migrate(database);
  return database;
}

/** A second connection that only reads: searches and checks never wait for the writer. */
export function openReadOnly(path: string): Database.Database {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  database.pragma("busy_timeout = 5000");
  return database;
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
