import { err, ok, type Result } from "@xinqiao/protocol/result";
import { SqliteError } from "better-sqlite3";
import type { LogFailure } from "../../log/index.ts";

export interface Failure {
  readonly code: LogFailure;
  /** SQLite's own words, for an operator. */
  readonly reason: string;
}

/** Runs a write. SQLite's refusal becomes a failure; anything else is a bug and is thrown. */
export function attempt<T>(work: () => T): Result<T, Failure> {
  try {
    return ok(work());
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    const code = error.code === "SQLITE_FULL" ? "log.full" : "log.unavailable";
    return err({ code, reason: `${error.code}: ${error.message}` });
  }
}
