import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, NodeId, Subject } from "@xinqiao/protocol/identity";
import type { CreditRecord, RecordDispute } from "@xinqiao/protocol/record";
import type {
  Change,
  Correction,
  CorrectionLine,
  FeedId,
  FeedPast,
  FeedPlace,
  KeptBack,
  OpenedPage,
  Receipt,
  RefusedChange,
  Shared,
  Subscription,
} from "@xinqiao/protocol/sync";
import type { DigestIndex } from "@xinqiao/runtime/digests";
import type { Score, ScoreLine } from "../scorecard/index.ts";
import type { Compaction } from "./compact.ts";
import type { DeadLetters, RefusedRecord } from "./dead-letters.ts";
import type { Attendance } from "./standing.ts";

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

/** What decides which lines a reader is handed: what it might hold in the gateway's eyes, of what it wants. */
export interface ReadingScope extends Omit<Subscription, "items"> {
  readonly items: readonly ItemCode[];
  /** Jurisdictions that it wants and is handed nothing of: no agreement opens them to it. */
  readonly missed: readonly Jurisdiction[];
}

/** A question of a reader: from where on, and under which scope. */
export interface Reading {
  readonly node: NodeId;
  readonly after: number;
  readonly scope: ReadingScope;
}

export interface PageToTake {
  readonly source: NodeId;
  readonly page: Pick<OpenedPage, "feed" | "from" | "last" | "hash" | "complete">;
  readonly head: string;
  readonly changes: readonly TakenChange[];
  readonly refused: readonly RefusedChange[];
  /** Records of the changes of which nothing is held: of a source only its own pages change that, one after the other. */
  readonly first: ReadonlySet<string>;
  /** What of them is missing here now. */
  readonly letters: readonly RefusedRecord[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What it adds to what is counted of its source in a month. */
  readonly score: Score & { readonly month: string };
  /** Which of those who were handed the version before have to hear of the next. */
  readonly holders: (version: VersionBefore) => readonly NodeId[];
  /** The city's calendar day. */
  readonly today: string;
  /** The last day on which a holder of such a record is in time. */
  readonly dueOn: (record: Pick<CreditRecord, "item">) => string;
}

/** A page with which its feed is whole. */
export type PageToSweep = Pick<
  PageToTake,
  "source" | "page" | "changes" | "at" | "today" | "holders" | "dueOn"
>;

/** A page as the log has taken it. */
export interface LoggedPage extends FeedPlace {
  readonly source: NodeId;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is held of a record. */
export interface HeldVersion extends Pick<CreditRecord, "version" | "item"> {
  /** The newest of its source that has named it. */
  readonly feed: string;
  readonly subject: SubjectKey;
  /** `contentOf` what was taken; null of what is older than hashes. */
  readonly content: string | null;
  /** Milliseconds since 1970: when it was taken that it is disclosed no more, or since when a correction has ended it; null while it stands. */
  readonly goneAt: number | null;
  /** The newest that said so, of whichever feed, also where it stands again; null of one that was always disclosed. */
  readonly goneVersion: number | null;
}

/** A version that was given out before. */
export interface VersionBefore {
  readonly record: Shared & { readonly places: Places };
  /** Whom it was handed to. */
  readonly given: ReadonlySet<NodeId>;
  /** Its line was lost: what it was about, but for its item, nobody knows. */
  readonly isLost?: boolean;
}

/**
 * All that a record that has moved has been about: who was given any of it and wants that has to hear what it is now. Unknown:
 * whoever was given it has to. None of one that has never moved.
 */
export type Places = "unknown" | readonly Pick<Shared, "jurisdiction" | "subject">[];

/** A version given out before that was corrected by a page. */
export interface OpenedCorrection extends Correction {
  readonly id: number;
  readonly holders: readonly NodeId[];
}

/** What of a line decides who may see it. */
export interface KeptLine extends Shared {
  /** Null: it was damaged, or is past its publication. */
  readonly line: string | null;
  readonly places: Places;
  /** Whether it is the bare fact that a record is no longer disclosed. */
  readonly isGone: boolean;
  /** The last day on which the record is disclosed. */
  readonly until: string | null;
  /** Who was handed a version before it. */
  readonly given: ReadonlySet<NodeId>;
  /** Of those versions, the last day that any of them names; null of none. */
  readonly givenUntil: string | null;
}

export interface KeptPage {
  readonly position: number;
  readonly source: NodeId;
  readonly head: string;
  /** Undefined where a change was refused, or a newer version has come. */
  readonly lines: readonly (KeptLine | undefined)[];
}

export type SubjectKey = Pick<Subject, "scheme" | "id">;

/** A record in dispute that is neither repaired nor withdrawn, and what of it decides who may hear of that. */
export interface DisputedRecord extends Shared, RecordDispute, Pick<KeptLine, "until"> {
  readonly source: NodeId;
}

export interface Told {
  readonly records: readonly CreditRecord[];
  /** Of those records. */
  readonly disputes: readonly RecordDispute[];
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

/** A correction that nobody is waited for any more, and of which nobody has been told yet. */
export interface Acknowledged extends Correction {
  readonly id: number;
  readonly holders: readonly { readonly node: NodeId; readonly at: number; readonly receipt: string }[];
  readonly gone: readonly NodeId[];
  /** Signed before, and not said yet: it may be in the log. */
  readonly statement: string | null;
}

/** What was given out and corrected since, and who has acknowledged that. */
export interface CorrectionBook {
  /** Notes receipts of one holder. */
  acknowledge(holder: NodeId, receipts: readonly KeptReceipt[], at: number): void;
  /**
   * Whether a holder is waited for: by some of the corrections that are not complete, in one transaction.
   * @param after a correction's id; nothing to begin with
   * @returns where to go on; nothing: that was all
   */
  setGone(holder: NodeId, isGone: boolean, after?: number): number | undefined;
  /** Corrections that are not in the log yet: some of them. */
  unannounced(): readonly OpenedCorrection[];
  announced(id: number): void;
  /** Corrections whose day was before this one, that somebody is waited for, and of which that was not said yet. */
  overdue(today: string): readonly OpenedCorrection[];
  saidOverdue(id: number): void;
  /** Corrections that nobody is waited for any more, or of which that was signed, and not said yet: some of them. */
  acknowledged(): readonly Acknowledged[];
  keepStatement(id: number, statement: string): void;
  /** Its statement is in the log. */
  complete(id: number, at: number): void;
  /** A source's own, the newest first. */
  corrections(source: NodeId, limit: number): readonly CorrectionLine[];
}

/**
 * What members share, in the order it came: each source's pages as it signed them, the newest version of every record,
 * and who has read and acknowledged how far. What is written is on the disk once `durable` resolves.
 */
export interface Hub extends CorrectionBook, DeadLetters, Attendance, Compaction {
  past(source: NodeId): FeedPast;
  /** Reads in one go: hundreds of small reads by themselves take longer to lock the file than to read. */
  readTogether<T>(read: () => T): T;
  /** What was refused of the page at a source's place. */
  refused(source: NodeId): readonly RefusedChange[];
  version(source: NodeId, record: string): HeldVersion | undefined;
  /** Whether the line held of a record is the one that its source signed: on a disk it may have become another. */
  isAsSigned(source: NodeId, record: string): boolean;
  /** Whether what it said is not kept any more: its publication ended before that day, or it is repaired or withdrawn. */
  isBlank(source: NodeId, record: string, today: string): boolean;
  /** Digests of what is held. */
  readonly digests: DigestIndex;
  /** What a source says it has kept back in a month, in place of what it said before. */
  noteKeptBack(source: NodeId, keptBack: KeptBack): void;
  /** Whether a feed tells anew what another has told before, and is not whole yet. */
  isRetelling(source: NodeId, feed: FeedId): boolean;
  /** Whether a version was taken once of a record that a whole feed has not named since. */
  hasHad(source: NodeId, record: string): boolean;
  /** How sources did in a month that has these first and last instants, seconds since 1970. */
  scores(month: string, from: number, to: number): readonly ScoreLine[];
  /**
   * Withdraws some of what a feed that is whole with a page has not named (PR-SYNC §5), in one transaction: to be called
   * until nothing is left, before the page is taken. Until that is, the source is whole no more.
   * @param after a record's id; nothing to begin with
   * @returns where to go on; nothing: that was all
   */
  sweep(page: PageToSweep, after: string): string | undefined;
  /**
   * One transaction: an older version's line goes to nobody any more.
   * @returns corrections that the page's changes have opened
   */
  take(page: PageToTake): readonly OpenedCorrection[];
  /** The position of the newest page; 0 before the first. */
  newest(): number;
  /** Pages behind a position, as many as have room, without those of feeds that were replaced. */
  behind(position: number, bytes: number): readonly KeptPage[];
  /** Whether these pages have all their lines still: what is corrected loses its own. */
  areUncorrected(pages: readonly KeptPage[]): boolean;
  /** What a source has told of a subject: newest versions, and when it last told anything; nothing until it has told all that it holds. */
  told(source: NodeId, subject: SubjectKey, items: readonly ItemCode[]): Told | undefined;
  /** Records that are in dispute as they are held now, in one order; another list only where it says something else. Whether their publication has ended is for the reader's day to say. */
  disputed(): readonly DisputedRecord[];
  subscribers(): readonly (Omit<Subscriber, "position"> & { readonly isLapsed: boolean })[];
  /** Whether it was handed, under that scope, all that is before. Who was not has to begin again. */
  isReading(reading: Reading): boolean;
  /** Never takes back what was handed over before. @param scope under which, and from where on */
  handed(subscriber: Subscriber, reading: Omit<Reading, "node">, at: number): void;
  /** Whether the page of a position is the one with that head. */
  isAt(position: number, head: string | null): boolean;
  /** Whether a source's feed has a page that ends there, with that head. */
  has(source: NodeId, place: FeedPlace): boolean;
  durable(): Promise<void>;
}
