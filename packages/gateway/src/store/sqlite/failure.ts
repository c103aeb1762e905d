import { err, ok, type Result } from "@xinqiao/protocol/result";
import { SqliteError } from "better-sqlite3";
import type { LogFailure } from "../../log/index.ts";

export interface Failure {
  readonly code: LogFailure;
  /** SQLite's own words, for an operator. */
  readonly reason: string;
}

/** The file does not hold what was written to it. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

/** Runs a write. SQLite's refusal and a damaged file become failures; anything else is a bug and is thrown. */
export function attempt<T>(work: () => T): Result<T, Failure> {
  try {
    return ok(work());
  } catch (error) {
    if (isDamage(error)) return err({ code: "log.damaged", reason: error.message });
    if (!(error instanceof SqliteError)) throw error;
    const code = error.code === "SQLITE_FULL" ? "log.full" : "log.unavailable";
    return err({ code, reason: `${error.code}: ${error.message}` });
  }
}

/** Also a page that SQLite itself cannot read: torn, or overwritten. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof DamagedError) return true;
  return error instanceof SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code);
}
