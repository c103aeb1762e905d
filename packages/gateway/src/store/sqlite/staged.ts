import type { Opening } from "@xinqiao/protocol/log";
import type { AppendError, NonceClaim } from "../../log/index.ts";

/** One append on its way to the writer: sealed, so that the writer only stores and hashes. */
export interface Staged {
  readonly at: number;
  readonly kind: string;
  readonly exchange: string | null;
  readonly actor: string | null;
  readonly leaf: string;
  readonly openings: readonly Opening[];
  readonly claim: NonceClaim | undefined;
  /** The intent an outcome closes. */
  readonly closes: number | undefined;
}

/** What became of each append of a batch, in order: its index, or that its nonce was spent. */
export type Written = readonly (number | "replayed")[];

export type BatchResult =
  | { readonly ok: true; readonly written: Written; readonly size: number; readonly root: string }
  | { readonly ok: false; readonly code: AppendError["code"] };
