import type { FieldReason, ItemCode } from "@xinqiao/protocol/catalogue";

/** Why a platform's row is no record, on top of what the catalogue refuses. */
export type RowReason = FieldReason | "state-not-mapped" | "subject-differs";

/** Rows a live source gave for one question that are no records. Columns and reasons, never values. */
export interface InvalidRows {
  readonly source: string;
  readonly item: ItemCode;
  readonly count: number;
  /** Distinct, in the order met. */
  readonly reasons: readonly { readonly field: string; readonly reason: RowReason }[];
}

export type OnInvalid = (rows: InvalidRows) => void;
