import type { FeedPlace } from "./feed.ts";
import type { OpenedPage } from "./page.ts";

/**
 * What a page is to who has followed its source up to a place. `next`: it goes on from there. `anew`: it begins another
 * feed. `held`: it was taken before. `ahead`: pages are missing before it. `forked`: it is not of the past that was taken.
 */
export type PageStanding = "next" | "anew" | "held" | "ahead" | "forked";

type Placed = Pick<OpenedPage, "feed" | "from" | "prev" | "hash" | "last">;

/** A feed is a chain of pages: each names the one before it, so that a source has one past (PR-SYNC §3). */
export function standingOf(page: Placed, held: FeedPlace | undefined): PageStanding {
  if (held === undefined || page.feed !== held.feed) return page.from === 1 ? "anew" : "ahead";
  if (page.from === held.upTo + 1) return page.prev === held.head ? "next" : "forked";
  if (page.from > held.upTo) return "ahead";
  // What lies before the newest page is not remembered: it counts as taken.
  if (page.last < held.upTo) return "held";
  return page.last === held.upTo && page.hash === held.head ? "held" : "forked";
}

export const placeOf = ({ feed, last, hash }: Placed): FeedPlace => ({ feed, upTo: last, head: hash });
