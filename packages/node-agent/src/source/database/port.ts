import type { Result } from "@xinqiao/protocol/result";

export type DatabaseRow = Readonly<Record<string, unknown>>;

/** A platform's database, one adapter a dialect. Errors are phrases of our own, never the driver's. */
export interface PlatformDatabase {
  /** Place of the one bound value in a statement. */
  readonly parameter: "?" | "$1";
  /** Runs a prepared statement of that name. */
  query(
    name: string,
    text: string,
    value: string,
    signal: AbortSignal,
  ): Promise<Result<readonly DatabaseRow[], string>>;
  close(): Promise<void>;
}
