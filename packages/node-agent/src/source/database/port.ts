import type { Result } from "@xinqiao/protocol/result";

export type DatabaseRow = Readonly<Record<string, unknown>>;

/** A bound value, as a database gave it before or as the text that it prints. */
export type BoundValue = string | number | bigint;

/** A platform's database, one adapter a dialect. Errors are phrases of our own, never the driver's. */
export interface PlatformDatabase {
  /** Place of the n-th bound value in a statement, counted from 1. */
  parameter(n: number): string;
  /** Runs a prepared statement of that name. */
  query(
    name: string,
    text: string,
    values: readonly BoundValue[],
    signal: AbortSignal,
  ): Promise<Result<readonly DatabaseRow[], string>>;
  close(): Promise<void>;
}
