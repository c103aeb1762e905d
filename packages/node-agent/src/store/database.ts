import { closeSync, existsSync, openSync } from "node:fs";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import Database from "better-sqlite3";
import { migrate, schemaVersion, versionOf } from "./migrations.ts";

/** A writer holds the file for one batch only, so that this is reached by a stuck process, never by load. */
const busyTimeoutMs = 5_000;
const walBytesKept = 64 * 1024 * 1024;
/** Pages that five hundred copies or records touch, in every index: less is read again and written back more than once. */
const cacheKiB = 8 * 1024;
const walPages = 4_096;

/**
 * Opens the agent's own file, made on first use and readable by its owner alone: it holds personal data.
 *
 * `synchronous = NORMAL` never corrupts a WAL database and loses nothing when the process dies; a power
 * failure may take back the last commits. Records can be imported again from the file they came from,
 * and an import that was taken back is not listed as finished. A nonce lost that way outlives its
 * request by the five minutes of a signature at most.
 */
export function openDatabase(path: string): Database.Database {
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path, { timeout: busyTimeoutMs });
  try {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    database.pragma("foreign_keys = ON");
    database.pragma("temp_store = FILE");
    database.pragma(`cache_size = ${-cacheKiB}`);
    database.pragma(`wal_autocheckpoint = ${walPages}`);
    database.pragma(`journal_size_limit = ${walBytesKept}`);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Why it cannot be read as it is: there is none, or its schema is of an older or a newer version than this program's. */
export type UnreadableStore = "absent" | "older" | "newer";

/** Whether it is of this version, as it is: it need not be made first, nor brought up. */
export function readiness(path: string): UnreadableStore | undefined {
  const opened = openToRead(path);
  if (!opened.ok) return opened.error;
  opened.value.close();
  return undefined;
}

/** As it is, beside whoever writes it: nothing is made of it, nor brought up. */
export function openToRead(path: string): Result<Database.Database, UnreadableStore> {
  if (!existsSync(path)) return err("absent");
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  const version = versionOf(database);
  if (version === schemaVersion) return ok(database);
  database.close();
  return err(version < schemaVersion ? "older" : "newer");
}
