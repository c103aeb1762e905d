import type { FeedId, FeedPlace } from "./feed.ts";
import type { OpenedPage } from "./page.ts";

/**
 * What a page is to who has followed its source up to a place. `next`: it goes on from there. `anew`: it begins another
 * feed. `held`: it was taken before. `replaced`: it is of a feed that another has replaced. `ahead`: pages are missing
 * before it. `forked`: it is not of the past that was taken.
 */
export type PageStanding = "next" | "anew" | "held" | "replaced" | "ahead" | "forked";

type Placed = Pick<OpenedPage, "feed" | "from" | "prev" | "hash" | "last">;

/** What was taken of a source before. */
export interface FeedPast {
  readonly place: FeedPlace | undefined;
  /** Whether this very page was taken, however long ago. */
  took(page: Pick<Placed, "feed" | "hash">): boolean;
  /** Whether anything of a feed was taken. */
  knows(feed: FeedId): boolean;
}

/** A feed is a chain of pages: each names the one before it, so that a source has one past (PR-SYNC §3). */
export function standingOf(page: Placed, past: FeedPast): PageStanding {
  const { place } = past;
  if (past.took(page)) return "held";
  if (page.feed !== place?.feed) {
    // What comes late of an older feed must not bring back what it said.
    if (past.knows(page.feed)) return "replaced";
    return page.prev === null ? "anew" : "ahead";
  }
  if (page.from === place.upTo + 1) return page.prev === place.head ? "next" : "forked";
  return page.from > place.upTo ? "ahead" : "forked";
}

export const placeOf = ({ feed, last, hash }: Placed): FeedPlace => ({ feed, upTo: last, head: hash });
