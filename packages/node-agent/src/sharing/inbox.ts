import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Change, FeedPlace, RefusedChange } from "@xinqiao/protocol/sync";
import type { SubjectKey } from "../store/index.ts";

/** Another member's record, as this member holds it. */
export interface Copy {
  readonly source: NodeId;
  readonly record: CreditRecord;
}

/** What of a page is taken over. */
export interface Taken {
  readonly source: NodeId;
  readonly place: FeedPlace;
  readonly changes: readonly Change[];
  readonly refused: readonly RefusedChange[];
  /** The feed has named all that its source holds: copies of an older feed are dropped. */
  readonly complete: boolean;
}

/** A source's changes that were applied, of which its receipt is still to be given. */
export interface Applied {
  readonly source: NodeId;
  readonly place: FeedPlace;
  readonly refused: readonly RefusedChange[];
}

/** The copies that this member holds of others' records, and how far it has read. */
export interface Inbox {
  place(source: NodeId): FeedPlace | undefined;
  /** Applies a page, and notes how far it goes, in one transaction. */
  take(taken: Taken): void;
  /** Where to read on. For another scope it is read from the beginning, and what does not come again is not held. */
  position(scope: string): number;
  /** Everything up to here was taken. */
  readTo(position: number): void;
  /** What receipts are due for. */
  untold(): readonly Applied[];
  /** Their receipts are with the gateway. */
  told(applied: readonly Applied[]): void;
  /** Resolves when all that was taken is on the disk. */
  durable(): Promise<void>;
  of(subject: SubjectKey, items: readonly ItemCode[]): readonly Copy[];
}
