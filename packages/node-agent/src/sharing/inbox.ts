import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { CreditRecord, RecordDispute } from "@xinqiao/protocol/record";
import type {
  Change,
  Disputed,
  FeedPast,
  FeedPlace,
  RefusedChange,
  Subscription,
} from "@xinqiao/protocol/sync";
import type { SubjectKey } from "../store/index.ts";

/** Another member's record, as this member holds it. */
export interface Copy {
  readonly source: NodeId;
  readonly record: CreditRecord;
  /** As the city says. */
  readonly disputes?: readonly RecordDispute[];
}

/** How far the gateway's pages were read. */
export interface Position {
  readonly position: number;
  /** Hash of the head of the page there; null at 0. */
  readonly head: string | null;
}

/** What this member may hold and wants. */
export interface ReadingScope extends Omit<Subscription, "items"> {
  readonly items: readonly ItemCode[];
}

export interface ReadingStanding {
  /** How far was read. */
  readonly position: number;
  /** Whether that is again from the beginning and not at its end yet. */
  readonly isReadAnew: boolean;
  /** For whom it is read; nothing before the first question. */
  readonly scope?: ReadingScope | undefined;
  /** Milliseconds since 1970: when the end was last reached with no page missing; nothing before that. */
  readonly wholeAt?: number | undefined;
}

/** What of a page is taken over. */
export interface Taken {
  readonly source: NodeId;
  readonly place: FeedPlace;
  /** A position that the page comes behind. */
  readonly since: Position;
  readonly changes: readonly Change[];
  /** Records that are not wanted any more as they now are, or are past their publication. */
  readonly unwanted: readonly string[];
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

/** A page that could not be taken. `forked`: its source has another past than the one that was. */
export interface MissedPage {
  readonly source: NodeId;
  readonly forked: boolean;
}

/** The copies that this member holds of others' records, and how far it has read. */
export interface Inbox {
  past(source: NodeId): FeedPast;
  /** Applies a page, and notes how far it goes, in one transaction. */
  take(taken: Taken): void;
  /**
   * Where to read on. For another scope it is read from the beginning: what is outside of it is dropped at once, and what
   * does not come again is once all was read.
   * @param now milliseconds since 1970: from time to time all receipts are given once more, and what was missed is read again
   */
  position(scope: ReadingScope, now: number): Position;
  /** Whether the gateway sees the same scope as before; if not, it is read from the beginning as for another of this member's own. */
  isSeenAs(scope: string): boolean;
  /**
   * Everything up to here was taken.
   * @param all there is no more
   * @param now milliseconds since 1970
   */
  readTo(to: Position, all: boolean, now: number): void;
  /** Of these, pages could not be taken: they are read again after a while. */
  missed(pages: readonly MissedPage[], now: number): void;
  /** What was read is not the gateway's past: all is read from the beginning, and receipted again. */
  goBack(): void;
  /** With the next question all is read from the beginning: a copy was damaged. */
  readAnew(): void;
  standing(): ReadingStanding;
  /** What receipts are due for. */
  untold(): readonly Applied[];
  /** Their receipts are with the gateway. */
  told(applied: readonly Applied[]): void;
  /** What the city calls those that it has said are in dispute; null when it has said of none. */
  disputed(): string | null;
  /** These are in dispute, and no others. */
  dispute(disputed: Disputed): void;
  /** Resolves when all that was taken is on the disk. */
  durable(): Promise<void>;
  of(subject: SubjectKey, items: readonly ItemCode[]): readonly Copy[];
  /** Drops copies whose publication ended before a day. */
  forgetEnded(today: string): number;
}
