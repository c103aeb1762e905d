import type { AuthorisationId, NonceClaim, SpendError } from "../../log/index.ts";

/** What opens a commitment, as text: a batch crosses to the writer's thread as one JSON string. */
export interface StagedOpening {
  readonly field: string;
  /** Base64. */
  readonly key: string;
  readonly value: string;
}

/** One append on its way to the writer: sealed, so that the writer only stores and hashes. */
export interface Staged {
  readonly at: number;
  readonly kind: string;
  readonly exchange: string | null;
  readonly actor: string | null;
  readonly leaf: string;
  readonly openings: readonly StagedOpening[];
  readonly claim?: NonceClaim;
  /** The intent an outcome closes. */
  readonly closes?: number;
  /** The authorisation that the entry withdraws. */
  readonly withdraws?: AuthorisationId & { readonly exp: number };
}

/** What became of an append: its index, or why it was not written. */
export type Written = number | SpendError;

/** A batch that is on the disk. */
export interface Committed {
  /** In the order of the batch. */
  readonly written: readonly Written[];
  /** The log's head after it. */
  readonly size: number;
  readonly root: string;
}

/** An intent the last run left without an outcome. */
export interface OpenIntent {
  readonly entry: number;
  readonly exchange: string | null;
  readonly actor: string | null;
}
