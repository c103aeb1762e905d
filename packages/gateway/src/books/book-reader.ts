import type { NodeId } from "@xinqiao/protocol/identity";
import type { Interval } from "@xinqiao/protocol/reconciliation";
import { type LoggedBooks, readBooks, type TimedEntry } from "./logged-book.ts";
import type { LoggedEntries } from "./ports.ts";

/** What the log has of a member's book in an hour that is settled. */
export interface BookReader {
  /** @param since seconds since 1970: what is older is left out */
  read(interval: Interval, member: NodeId, since?: number): Promise<readonly TimedEntry[]>;
}

/** All members reconcile the same hour within minutes: it is read once for all of them. */
const hoursHeld = 2;
/** So that what is done to the log meanwhile is not covered up for long. */
const heldMs = 60_000;

export function createBookReader(log: LoggedEntries, now: () => number): BookReader {
  const held = new Map<Interval, { readonly at: number; readonly books: Promise<LoggedBooks> }>();

  function booksOf(interval: Interval): Promise<LoggedBooks> {
    const known = held.get(interval);
    if (known !== undefined && now() - known.at < heldMs) return known.books;
    const books = readBooks(log, interval);
    held.delete(interval);
    held.set(interval, { at: now(), books });
    for (const oldest of [...held.keys()].slice(0, -hoursHeld)) held.delete(oldest);
    books.catch(() => held.delete(interval));
    return books;
  }

  return {
    async read(interval, member, since = 0) {
      const book = (await booksOf(interval)).get(member) ?? [];
      return book.filter(({ at }) => at >= since * 1000);
    },
  };
}
