import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { type BookSummary, type Interval, summarise } from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { type LoggedBooks, readBooks, type TimedEntry } from "./logged-book.ts";
import type { LoggedEntries, Summaries } from "./ports.ts";

/** What the log has of a member's book in an hour that is settled. */
export interface BookReader {
  /** What it came to when it was read first; nothing when it never was. Costs no reading. */
  summary(interval: Interval, member: NodeId): BookSummary | undefined;
  /**
   * Refuses a member that has had too many hours read today (`limit.book-hours`).
   * @param since seconds since 1970: what is older is left out
   */
  read(interval: Interval, member: NodeId, since?: number): Promise<Result<readonly TimedEntry[], Fault>>;
}

export interface BookReaderDependencies {
  readonly log: LoggedEntries;
  readonly summaries: Summaries;
  readonly now: () => number;
  /** Hours that the log is read for, for one member, in one day. */
  readonly hoursADay: number;
}

/** All members reconcile the same hour within minutes: it is read once for all of them. */
const hoursHeld = 2;
/** So that what is done to the log meanwhile is not covered up for long. */
const heldMs = 60_000;

interface Held {
  readonly books: Promise<LoggedBooks>;
  /** Milliseconds since 1970; none while it is being read. */
  until?: number;
}

/** One hour is read at a time, whoever asks for how many: the exchanges that are under way come in between. */
export function createBookReader({ log, summaries, now, hoursADay }: BookReaderDependencies): BookReader {
  const held = new Map<Interval, Held>();
  const take = createDailyShare(hoursADay, now);
  let last: Promise<unknown> = Promise.resolve();

  async function readHour(interval: Interval, before: Promise<unknown>): Promise<LoggedBooks> {
    await before;
    const books = await readBooks(log, interval);
    summaries.keep(interval, new Map([...books].map(([member, entries]) => [member, summarise(entries)])));
    return books;
  }

  function begin(interval: Interval): Promise<LoggedBooks> {
    const books = readHour(interval, last);
    const one: Held = { books };
    last = books.then(
      () => {
        one.until = now() + heldMs;
      },
      () => {
        held.delete(interval);
      },
    );
    held.delete(interval);
    held.set(interval, one);
    for (const oldest of [...held.keys()].slice(0, -hoursHeld)) held.delete(oldest);
    return books;
  }

  return {
    summary: (interval, member) => summaries.of(interval, member),
    async read(interval, member, since = 0) {
      const known = held.get(interval);
      const fresh = known !== undefined && (known.until === undefined || now() < known.until);
      const over = fresh ? undefined : take(member);
      if (over !== undefined) return err(over);
      const books = await (fresh ? known.books : begin(interval));
      return ok((books.get(member) ?? []).filter(({ at }) => at >= since * 1000));
    },
  };
}

const dayMs = 86_400_000;

function createDailyShare(hours: number, now: () => number): (member: NodeId) => Fault | undefined {
  const taken = new Map<NodeId, number>();
  let today = 0;
  return (member) => {
    const day = Math.floor(now() / dayMs);
    if (day !== today) taken.clear();
    today = day;
    const count = taken.get(member) ?? 0;
    if (count >= hours)
      return fault("limit.book-hours", undefined, { hours, retryAfterMs: (day + 1) * dayMs - now() });
    taken.set(member, count + 1);
    return undefined;
  };
}
