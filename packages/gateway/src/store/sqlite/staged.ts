import type { AuthorisationId, Erasure, NonceClaim, SpendError, SubjectTag } from "../../log/index.ts";
import type { Part } from "./sealing.ts";

/** What is to be sealed beside an entry, as text: a batch crosses to the writer's thread as one JSON string. */
export interface StagedEvidence {
  readonly tag: SubjectTag;
  readonly until: number;
  /** `Kept` as JSON. */
  readonly kept: string;
}

/** A part that is added to what a durable entry has. */
export interface Late {
  readonly entry: number;
  readonly part: Part;
  readonly text: string;
}

/** What is to be destroyed: a subject's, or what is past its time. */
export type Removal =
  | (Erasure & { readonly do: "erase"; readonly at: number; readonly claim?: NonceClaim })
  | { readonly do: "expire"; readonly at: number };

/** One append on its way to the writer: committed to already, so that the writer only seals, stores and hashes. */
export interface Staged {
  readonly at: number;
  readonly kind: string;
  readonly exchange: string | null;
  readonly actor: string | null;
  readonly leaf: string;
  readonly evidence?: StagedEvidence;
  readonly claim?: NonceClaim;
  /** The intent an outcome closes. */
  readonly closes?: number;
  /** The authorisation that the entry withdraws. */
  readonly withdraws?: AuthorisationId & { readonly exp: number };
}

/** What became of an append: its index, or why it was not written. */
export type Written = number | SpendError;

/** A removal that is on the disk. */
export interface Removed extends Omit<Committed, "written"> {
  /** Its entry; nothing when there was nothing to remove, or the claim was spent. */
  readonly written: Written | undefined;
  /** Entries that have lost what was kept beside them. */
  readonly entries: number;
}

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
