import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId, Subject } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type {
  Change,
  Correction,
  CorrectionLine,
  FeedPlace,
  OpenedPage,
  Receipt,
  Shared,
  Subscription,
} from "@xinqiao/protocol/sync";

/** A change that is taken, as it came. */
export interface TakenChange {
  readonly change: Change;
  readonly line: string;
}

/** A member that reads, and how far it was handed what there is. */
export interface Subscriber {
  readonly node: NodeId;
  readonly position: number;
  readonly subscription: Subscription;
}

export interface PageToTake {
  readonly source: NodeId;
  readonly page: Pick<OpenedPage, "feed" | "from" | "last" | "hash" | "complete">;
  readonly head: string;
  readonly changes: readonly TakenChange[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Who was given the version before, which had come in a page of that position. */
  readonly holders: (record: CreditRecord, position: number) => readonly NodeId[];
}

/** A version given out before that was corrected by a page. */
export interface OpenedCorrection extends Correction {
  readonly holders: readonly NodeId[];
}

/** What of a line decides who may see it. */
export interface KeptLine extends Shared {
  /** Null: refused, or a newer version has come. */
  readonly line: string | null;
}

export interface KeptPage {
  readonly position: number;
  readonly source: NodeId;
  readonly head: string;
  /** Undefined where a change was refused. */
  readonly lines: readonly (KeptLine | undefined)[];
}

export type SubjectKey = Pick<Subject, "scheme" | "id">;

export interface Told {
  readonly records: readonly CreditRecord[];
  /** Items of which the source has told anything about anybody. */
  readonly items: readonly ItemCode[];
  /** Milliseconds since 1970: when its newest page came. */
  readonly at: number;
}

/** A receipt as it came. */
export interface KeptReceipt {
  readonly receipt: Receipt;
  readonly text: string;
  readonly sha256: string;
}

/** A correction that everybody has acknowledged, and of which nobody has been told yet. */
export interface Acknowledged extends Correction {
  readonly id: number;
  readonly holders: readonly { readonly node: NodeId; readonly at: number; readonly receipt: string }[];
}

/**
 * What members share, in the order it came: each source's pages as it signed them, the newest version of every record,
 * and who has read and acknowledged how far. What is written is on the disk once `durable` resolves.
 */
export interface Hub {
  place(source: NodeId): FeedPlace | undefined;
  /** The version held of a record in its source's present feed. */
  version(source: NodeId, record: string): { readonly version: number; readonly feed: string } | undefined;
  /** One transaction: an older version's line goes to nobody any more. */
  take(page: PageToTake): readonly OpenedCorrection[];
  /** The position of the newest page; 0 before the first. */
  newest(): number;
  /** Pages behind a position, as many as have room. */
  behind(position: number, bytes: number): readonly KeptPage[];
  /** What a source has told of a subject: newest versions, and when it last told anything; nothing when it never did. */
  told(source: NodeId, subject: SubjectKey, items: readonly ItemCode[]): Told | undefined;
  subscribers(): readonly Subscriber[];
  handed(subscriber: Subscriber, at: number): void;
  /** Whether a source's feed has a page that ends there, with that head. */
  has(source: NodeId, place: FeedPlace): boolean;
  /** Notes receipts of one holder. @returns corrections of which they were the last that were waited for */
  acknowledge(holder: NodeId, receipts: readonly KeptReceipt[], at: number): readonly Acknowledged[];
  /** Corrections that nobody has a copy of, or all have acknowledged, and whose statement was not kept yet. */
  acknowledged(): readonly Acknowledged[];
  complete(id: number, statement: string, at: number): void;
  /** A source's own, the newest first. */
  corrections(source: NodeId, limit: number): readonly CorrectionLine[];
  durable(): Promise<void>;
}
