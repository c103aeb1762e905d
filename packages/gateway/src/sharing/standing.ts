import type { NodeId } from "@xinqiao/protocol/identity";
import type { FeedPlace } from "@xinqiao/protocol/sync";

/** How far a source's feed was taken. */
export interface SourceStanding extends Pick<FeedPlace, "feed" | "upTo"> {
  readonly source: NodeId;
  /** Whether the feed has named everything its source held when it began. */
  readonly isWhole: boolean;
  /** Milliseconds since 1970: when its newest page came. */
  readonly at: number;
}

/** How far a reader has come. */
export interface SubscriberStanding {
  readonly node: NodeId;
  /** Behind which it asked last: as far as it has applied. The city's own numbering of pages. */
  readonly position: number;
  /** Pages that it has not, and pages of which its receipt is not here: of either no more than ten thousand are counted. */
  readonly behind: number;
  /** The changes in those that it has not, as far as they are counted, whether this reader may be handed them or not. */
  readonly changesBehind: number;
  /** Milliseconds since 1970: when the oldest of them came; null: it has all. */
  readonly behindSince: number | null;
  /** Sources whose pages it has gone past without a receipt: it could not take them. */
  readonly missing: readonly NodeId[];
  /** Milliseconds since 1970: when it asked last. */
  readonly seenAt: number;
  /** It has not asked for so long that it is not waited for. */
  readonly isLapsed: boolean;
}

export interface SharingStanding {
  /** Position of the newest page. */
  readonly newest: number;
  readonly sources: readonly SourceStanding[];
  /** Who wants anything. */
  readonly subscribers: readonly SubscriberStanding[];
}

/** A reader that has not asked for long, and of which the log does not say so yet. */
export interface Absent {
  readonly node: NodeId;
  readonly position: number;
  readonly seenAt: number;
}

/** Who reads, and who does not any more. */
export interface Attendance {
  standing(): SharingStanding;
  /** Whether a source's feed has named everything it held when it began. */
  isWhole(source: NodeId): boolean;
  /** A reader asks, behind a position that it has applied up to. */
  seen(reader: { readonly node: NodeId; readonly position: number }, at: number): void;
  /** The city was away since it last heard anybody: so long nobody could ask. */
  cameBack(now: number): void;
  /**
   * Who was not heard since, but for the time that the city was away itself, and for who wants nothing any more and is waited
   * for by no correction. Milliseconds since 1970.
   */
  absentSince(before: number): readonly Absent[];
  /** Unless it has asked meanwhile. */
  setLapsed(absent: Absent): void;
}
