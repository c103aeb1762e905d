import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { FeedId } from "@xinqiao/protocol/sync";

/** A record that waits for a page: its newest version, whatever came between. */
export interface Waiting {
  /** Its place in the queue. */
  readonly n: number;
  readonly item: string;
  /** Nothing of one that cannot be read. */
  readonly record: CreditRecord | undefined;
}

export type Tellable = Waiting & { readonly record: CreditRecord };

/** A page that is signed and not yet acknowledged. */
export interface SealedPage {
  readonly from: number;
  readonly last: number;
  readonly head: string;
  readonly hash: string;
  readonly lines: readonly string[];
}

/** A version that the city did not take. */
export interface RefusedVersion {
  readonly record: string;
  readonly version: number;
  readonly code: string;
}

export interface RefusedSince extends RefusedVersion {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Where this member's own feed stands. */
export interface OwnFeed {
  readonly id: FeedId;
  /** The last change that is in a page. */
  readonly last: number;
  /** Hash of the head of the page that it is in; null before the first. */
  readonly head: string | null;
}

/** How the telling stands. */
export interface TellingStanding {
  /** Changes that the city has not acknowledged, from the first feed on; those set aside are not among them. */
  readonly waiting: number;
  /** Milliseconds since 1970: when the city last acknowledged anything of this feed, which it is asked for hourly; nothing before the first. */
  readonly acknowledgedAt: number | undefined;
}

/** What the catalogue lists. */
export interface ListedItems {
  /** Of those that it does not list only what is disclosed no more is told, until it does. */
  readonly told: readonly ItemCode[];
  /** Nothing is told of them, whatever was chosen, not even that a record is disclosed no more; nor when they are listed no more. */
  readonly withheld: readonly ItemCode[];
}

/**
 * What this member has to tell: filled by whatever changes a record, in that very transaction, and emptied by the
 * gateway's receipts alone. Days without a gateway cost room and nothing else.
 */
export interface Outbox {
  /** Of which items others are told. When that changes everything is told anew, so that nothing else stays with them. */
  choose(items: "all" | readonly ItemCode[], feed: FeedId): void;
  /**
   * Goes by what the catalogue lists. When an item is withheld for the first time of which something may have been told,
   * everything else is told anew.
   * @param feed names that feed
   */
  follow(items: ListedItems, feed: () => FeedId): void;
  feed(): OwnFeed;
  /** Whether there ever was a feed: something may have been told. */
  hasBegun(): boolean;
  /** Whether this member holds any record, told or not. */
  holdsAny(): boolean;
  /**
   * Queues some of what there is to be told anew. Nothing is to be sealed before all of it is queued.
   * @returns whether there was any
   */
  queueSome(): boolean;
  /** Whether anything is to be told. */
  isWaiting(): boolean;
  standing(): TellingStanding;
  /** The oldest that wait, at most so many. */
  waiting(limit: number): readonly Waiting[];
  /** Whether the feed has named all that was held when it began, once those up to `n` are in a page. */
  isComplete(n: number): boolean;
  /** Puts a page behind the others; a record that has changed meanwhile goes on waiting. */
  seal(page: SealedPage, taken: readonly Tellable[]): void;
  /** One that no page has room for, or that cannot be read, stays behind, so that the others go on. */
  setAside(waiting: Waiting): void;
  /** The oldest page that the gateway has not acknowledged. */
  unsent(): SealedPage | undefined;
  /**
   * The gateway has everything up to a page's last change. What it refuses as gone is not to be answered with until it has
   * taken a version of it that stands. @param at milliseconds since 1970
   */
  acknowledged(last: number, receipt: string, at: number, refused?: readonly RefusedVersion[]): void;
  /** Whether the city has refused the newest version of a record, which was not told again since. */
  isRefused(record: string): boolean;
  /** Those that it has, the newest first. */
  refused(limit: number): readonly RefusedSince[];
  /** The last page that was acknowledged, when that was before an instant: whether the gateway still has it is to be asked. */
  unconfirmed(before: number): SealedPage | undefined;
  /** Records wait again. */
  requeue(ids: readonly string[]): void;
  /** Begins another feed, in which everything held is told again. */
  beginAnew(id: FeedId): void;
  /** The gateway's newest receipt; nothing before the first. */
  receipt(): string | undefined;
}
