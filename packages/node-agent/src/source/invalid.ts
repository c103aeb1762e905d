import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { ColumnFault } from "../row/index.ts";

/** Why a platform's row is no record, on top of what a row of a file can be refused for. */
export type RowReason = ColumnFault["reason"] | "state-not-mapped" | "subject-differs";

/** Rows a live source gave for one question that are no records. Columns and reasons, never values. */
export interface InvalidRows {
  readonly source: string;
  readonly item: ItemCode;
  readonly count: number;
  /** Distinct, in the order met. */
  readonly reasons: readonly { readonly field: string; readonly reason: RowReason }[];
}

export type OnInvalid = (rows: InvalidRows) => void;
