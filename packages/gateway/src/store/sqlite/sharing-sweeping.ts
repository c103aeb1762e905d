import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, subjectKinds } from "@xinqiao/protocol/identity";
import { isGone, recordStates } from "@xinqiao/protocol/record";
import { feedIdSchema, lineHash } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { PageToSweep } from "../../sharing/index.ts";
import type { createHubCorrections } from "./sharing-corrections.ts";
import type { GivenOut, GivenVersion } from "./sharing-given-out.ts";
import { lineColumns } from "./sharing-lines.ts";
import { placesOf } from "./sharing-places.ts";

const sweptSchema = z.object({
  record: z.string(),
  position: z.number(),
  seq: z.number(),
  givenAt: z.number(),
  feed: feedIdSchema,
  state: z.enum(recordStates),
  item: itemCodeSchema,
  jurisdiction: jurisdictionSchema,
  kind: z.enum(subjectKinds),
  line: z.string().nullable(),
  isLost: z.number().transform(Boolean),
  moved: z.number(),
  places: z.string().nullable(),
  until: z.string().nullable(),
  given: z.string().nullable(),
  givenUntil: z.string().nullable(),
  goneVersion: z.number().nullable(),
});
type Swept = z.infer<typeof sweptSchema>;

interface SweepingBooks {
  readonly corrections: Pick<ReturnType<typeof createHubCorrections>, "supersede" | "withdraw">;
  readonly givenOut: GivenOut;
  /** The city had it: should it come again, it is not new. */
  readonly noteHad: (source: NodeId, record: string) => void;
}

/**
 * Most records that are looked at in one turn, and most holders that those of them may have altogether that go: some tens of
 * milliseconds of work.
 */
const most = 500;
const mostHolders = 5_000;

/** Behind every record's id. */
const behindAll = "\u{10ffff}";

interface Turn {
  readonly swept: number;
  /** Where to go on; nothing: that was all. */
  readonly next: string | undefined;
}

/**
 * What a feed that is whole with a page has not named its source has no more: whoever was given it has to drop it, and is
 * waited for. Some at a time, behind a record's id, each time in a transaction: where it is cut off the source's page is not
 * taken yet, and comes again.
 */
export function createSweeping(
  database: Database,
  { corrections, givenOut, noteHad }: SweepingBooks,
): (page: PageToSweep, after: string) => Turn {
  const sql = prepare(database);

  function withdraw(swept: Swept, page: PageToSweep): void {
    const { source } = page;
    const { feed, last } = page.page;
    // That it is gone is told yet, by its line: whoever has applied that has applied it, whether this page is taken or not.
    if (isGone(swept) && !swept.isLost) return;
    const waiting = corrections.supersede(source, swept.record, { feed, seq: last });
    // Who was given it has dropped it when it was repaired or withdrawn or has ended, or is waited for until it has. One that
    // might not hold the item by then drops what it has with this feed, and nobody waits for that.
    if (isGone(swept) || (swept.until !== null && swept.until < page.today)) return;
    const { item, jurisdiction, kind, record, seq, isLost } = swept;
    const shared = { item, jurisdiction, subject: { kind } };
    const handed = givenOut.holders(givenOf(swept), page.today);
    const given = page.holders({ record: { ...shared, places: placesOf(swept) }, given: handed, isLost });
    const holders = [...new Set([...given, ...waiting])].sort();
    if (holders.length === 0) return;
    const about = { source, record, feed: swept.feed, seq, change: lineHash(swept.line ?? "") };
    const openedAt = Math.floor(page.at / 1000);
    corrections.withdraw({ ...about, openedAt, dueOn: page.dueOn(shared), holders }, page);
  }

  /** It stands again, and was repaired or withdrawn before: no version up to that one may bring it back. */
  function takeBack(swept: Swept, { source, at, today }: PageToSweep): void {
    const { position, seq, record } = swept;
    sql.takeBackLine.run({ position, seq, ...givenOut.after(givenOf(swept), today, []) });
    sql.takeBack.run(at, source, record);
  }

  const sweep = database.transaction((all: readonly Swept[], page: PageToSweep): void => {
    const { source } = page;
    // Until the page is taken nothing that is held of the source is all that it holds.
    sql.unwhole.run(source);
    for (const swept of all) {
      withdraw(swept, page);
      noteHad(source, swept.record);
      // That it is repaired or withdrawn stays known: its source may have been put back to before that. And until the page is
      // taken who has not heard of it is told by its line alone: that goes with its feed.
      if (isGone(swept)) continue;
      if (swept.goneVersion === null) sql.drop.run(source, swept.record);
      else takeBack(swept, page);
    }
  });

  return (page, after) => {
    const { source, changes } = page;
    const { feed, complete } = page.page;
    if (!complete || sql.whole.get(source) === feed) return { swept: 0, next: undefined };
    const named = new Set(changes.map(({ change }) => change.record.id));
    const end = sql.end.get(source, after, most - 1);
    const behind = sql.behind.all({ source, feed, after, end: end ?? behindAll });
    const all = behind.filter((row) => !named.has(recordOf(row)));
    const going = all.slice(0, mostGoing(sql.readers.get() ?? 0)).map((row) => sweptSchema.parse(row));
    if (going.length > 0) sweep.immediate(going, page);
    return { swept: going.length, next: going.length < all.length ? going.at(-1)?.record : end };
  };
}

const mostGoing = (readers: number) => Math.max(1, Math.floor(mostHolders / Math.max(1, readers)));

const namedSchema = sweptSchema.pick({ record: true });
const recordOf = (row: unknown) => namedSchema.parse(row).record;

const givenOf = ({ item, jurisdiction, kind, ...swept }: Swept): GivenVersion => ({
  ...swept,
  shared: swept.isLost ? { item } : { item, jurisdiction, subject: { kind } },
  isGone: isGone(swept),
});

function prepare(database: Database) {
  return {
    whole: database.prepare<[string], string | null>("SELECT whole FROM source WHERE node = ?").pluck(),
    unwhole: database.prepare("UPDATE source SET whole = NULL WHERE node = ? AND whole IS NOT NULL"),
    readers: database.prepare<[], number>("SELECT count(*) FROM subscriber").pluck(),
    end: database
      .prepare<[string, string, number], string>(
        "SELECT record FROM held WHERE source = ? AND record > ? ORDER BY record LIMIT 1 OFFSET ?",
      )
      .pluck(),
    // Of a line that was lost nobody knows who wanted it: of those who were handed it whoever may hold the item is waited for.
    // What is gone and blank was withdrawn with an earlier feed.
    behind: database.prepare(
      `SELECT record, held.position, held.seq, held.given AS "givenAt", feed, state, held.item,
         gone_version AS "goneVersion", ${lineColumns}
       FROM held LEFT JOIN change ON change.position = held.position AND change.seq = held.seq
       WHERE source = @source AND feed <> @feed AND record > @after AND record <= @end
         AND NOT (coalesce(gone, 0) AND line IS NULL)
       ORDER BY record`,
    ),
    takeBackLine: database.prepare(
      `UPDATE change SET line = NULL, gone = 1, given = @given, given_until = @givenUntil
       WHERE position = @position AND seq = @seq`,
    ),
    // Without what it said: should that come again, it is no longer the same.
    takeBack: database.prepare(
      `UPDATE held SET state = 'withdrawn', content = NULL, gone_at = ?, cut = NULL, uncut = NULL
       WHERE source = ? AND record = ?`,
    ),
    drop: database.prepare("DELETE FROM held WHERE source = ? AND record = ?"),
  };
}
