import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, subjectKinds } from "@xinqiao/protocol/identity";
import { type CreditRecord, isGone } from "@xinqiao/protocol/record";
import type { CorrectionEffect, Shared } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import {
  contentOf,
  type OpenedCorrection,
  type PageToTake,
  type Places,
  type TakenChange,
} from "../../sharing/index.ts";
import type { createHubCorrections } from "./sharing-corrections.ts";
import { endsOf, lastDay } from "./sharing-ends.ts";
import { type GivenOut, type GivenVersion, neverGiven } from "./sharing-given-out.ts";
import type { createHubLetters } from "./sharing-letters.ts";
import { lineColumns } from "./sharing-lines.ts";
import { placesAfter, placesOf, placesRow } from "./sharing-places.ts";
import type { createOvertaking } from "./sharing-revocations.ts";

const heldSchema = z.object({
  position: z.number(),
  seq: z.number(),
  givenAt: z.number(),
  feed: z.string(),
  version: z.number(),
  item: itemCodeSchema,
  jurisdiction: jurisdictionSchema,
  kind: z.enum(subjectKinds),
  line: z.string().nullable(),
  isLost: z.number().transform(Boolean),
  moved: z.number(),
  places: z.string().nullable(),
  content: z.string().nullable(),
  goneAt: z.number().nullable(),
  goneVersion: z.number().nullable(),
  until: z.string().nullable(),
  given: z.string().nullable(),
  givenUntil: z.string().nullable(),
  cut: z.string().nullable(),
  uncut: z.string().nullable(),
  endedAt: z.number().nullable(),
});
type Held = z.infer<typeof heldSchema>;

/** What has to follow a page in its transaction. */
interface Books {
  readonly corrections: ReturnType<typeof createHubCorrections>;
  readonly letters: ReturnType<typeof createHubLetters>;
  readonly overtaking: ReturnType<typeof createOvertaking>;
  readonly givenOut: GivenOut;
}

/** A page in its place. */
interface Placed extends PageToTake {
  readonly position: number;
}

/** A page that makes its feed no more whole than it was. */
const notTold = { toldFeed: null, toldSeq: null };

/** How a page comes in: versions before, and those who hold them. To be called within a transaction. */
export function createTaking(
  database: Database,
  { corrections, letters, overtaking, givenOut }: Books,
  leap: () => number,
): (page: PageToTake) => readonly OpenedCorrection[] {
  const sql = prepare(database);
  const takeOne = createTakingOne(sql, { corrections, givenOut });
  const newest = () => sql.newest.get() ?? 0;
  const first = newest() + 1 + leap();

  /** Notes how far the feed is now. */
  function moveOn(page: PageToTake): void {
    const { source } = page;
    const { feed, last, hash, complete } = page.page;
    const whole = sql.whole.get(source) ?? null;
    const told = complete && whole !== feed ? { toldFeed: feed, toldSeq: last } : notTold;
    if (told !== notTold) letters.forgetOther(source, feed);
    sql.move.run({ source, feed, upTo: last, head: hash, whole: complete ? feed : whole, ...told });
  }

  /** Whoever acted upon it is asked when it is over, and no more when it stands again. */
  function follow(record: CreditRecord, { source, today }: PageToTake): void {
    const end = lastDay(record);
    const stands = !isGone(record) && (end === null || today <= end);
    overtaking[stands ? "lapse" : "ask"](source, record.id);
  }

  return (page) => {
    const { source, head, changes, at } = page;
    const { feed, from, last, hash } = page.page;
    const refused = JSON.stringify(page.refused);
    const { lastInsertRowid } = sql.page.run(
      Math.max(newest() + 1, first),
      source,
      feed,
      from,
      last,
      hash,
      head,
      refused,
      at,
    );
    const placed = { ...page, position: Number(lastInsertRowid) };
    const unknown = new Set(page.first);
    const corrected: OpenedCorrection[] = [];
    for (const taken of changes) {
      const { id } = taken.change.record;
      const found = unknown.delete(id) ? undefined : sql.held.get(source, id);
      const correction = takeOne(placed, taken, heldSchema.optional().parse(found));
      follow(taken.change.record, page);
      if (correction !== undefined) corrected.push(correction);
    }
    letters.noteRefused(page);
    moveOn(page);
    return corrected;
  };
}

function createTakingOne(
  sql: ReturnType<typeof prepare>,
  { corrections, givenOut }: Pick<Books, "corrections" | "givenOut">,
) {
  function correct(
    page: Placed,
    { change: { record, seq } }: TakenChange,
    { before, waiting }: { readonly before: Held; readonly waiting: readonly NodeId[] },
  ): OpenedCorrection | undefined {
    const { source } = page;
    const { feed } = page.page;
    // Who wanted what it was before that and has not heard of it yet is waited for already.
    const given = page.holders({
      record: movedOf(before),
      given: givenOut.holders(givenOf(before), page.today),
      isLost: before.isLost,
    });
    const holders = [...new Set([...given, ...waiting])].sort();
    if (holders.length === 0) return undefined;
    const openedAt = Math.floor(page.at / 1000);
    const about = { source, feed, seq, effect: effectOf(record), openedAt, dueOn: page.dueOn(record) };
    return corrections.open({ ...about, holders }, page);
  }

  /** What was there goes. @returns who has not acknowledged it yet, and is waited for with what comes */
  function supersede({ source, page: { feed } }: Placed, { change }: TakenChange, before: Held) {
    sql.dropLine.run(before.position, before.seq);
    return corrections.supersede(source, change.record.id, { feed, seq: change.seq });
  }

  return (page: Placed, taken: TakenChange, before: Held | undefined): OpenedCorrection | undefined => {
    const { source, position } = page;
    const { feed } = page.page;
    const { seq, record } = taken.change;
    const { id, item, jurisdiction, version, state, disclosedUntil: until = null } = record;
    const { scheme, kind, id: subject } = record.subject;
    const content = contentOf(record);
    const same = before !== undefined && isSame(before, { version, content }, feed);
    const waiting = before === undefined ? [] : supersede(page, taken, before);
    // In another feed everything is told again.
    const correction = before && !same ? correct(page, taken, { before, waiting }) : undefined;
    const { moved, places } = placesRow(before === undefined ? [] : placesSince(before, record, waiting));
    const gone = Number(isGone(record));
    const givenBefore =
      before === undefined ? neverGiven : givenOut.after(givenBy(before, record), page.today, waiting);
    const line = same && isBlanked(before, page.today) ? null : taken.line;
    const what = [position, seq, item, jurisdiction, kind, line, moved, places, until, gone];
    sql.change.run(...what, givenBefore.given, givenBefore.givenUntil);
    const given = same ? before.givenAt : position;
    const place = [source, id, position, seq, given, feed];
    const goneAt = isGone(record) ? (before?.goneAt ?? page.at) : null;
    const goneVersion = isGone(record)
      ? Math.max(before?.goneVersion ?? 0, version)
      : (before?.goneVersion ?? null);
    const { cut, uncut, endedAt } = endsOf(record, before, page);
    const ends = [goneAt, goneVersion, cut, uncut, endedAt];
    sql.hold.run(...place, version, state, item, scheme, subject, content, ...ends);
    return correction;
  };
}

const sharedOf = ({ item, jurisdiction, kind }: Pick<Held, "item" | "jurisdiction" | "kind">): Shared => ({
  item,
  jurisdiction,
  subject: { kind },
});

const movedOf = (before: Held) => ({ ...sharedOf(before), places: placesOf(before) });

const givenOf = (before: Held): GivenVersion => ({
  ...before,
  shared: before.isLost ? { item: before.item } : sharedOf(before),
  isGone: before.goneAt !== null,
});

/** A line that was lost is known again by what is told as it was. */
const isKnownAgain = ({ isLost, content }: Held, record: CreditRecord) =>
  isLost && content !== null && content === contentOf(record);

const givenBy = (before: Held, record: CreditRecord): GivenVersion =>
  isKnownAgain(before, record)
    ? { ...givenOf(before), shared: record, until: record.disclosedUntil ?? null }
    : givenOf(before);

/** What it said is kept no more, its publication having ended: told again in another feed, it is not kept again. */
const isBlanked = ({ line, isLost, goneAt, until }: Held, today: string) =>
  line === null && !isLost && goneAt === null && until !== null && until < today;

function effectOf({ state }: Pick<CreditRecord, "state">): CorrectionEffect {
  return state === "current" ? "corrected" : state;
}

/**
 * Of a line that was lost nobody knows what it was of: whoever was given it has to hear. Where it is told again as it was, only
 * who has not heard of it yet may have what it was of before that.
 */
function placesSince(before: Held, record: CreditRecord, waiting: readonly NodeId[]): Places {
  if (!before.isLost) return placesAfter(movedOf(before), record);
  return isKnownAgain(before, record) && waiting.length === 0 ? [] : "unknown";
}

/** Its number alone does not tell: a source whose store was put back may have given it out twice. */
const isSame = (before: Held, { version, content }: Pick<Held, "version" | "content">, feed: string) =>
  // What is older than hashes: within a feed a version is told again only where its line was damaged.
  before.content === null ? before.feed === feed && before.version === version : before.content === content;

function prepare(database: Database) {
  return {
    move: database.prepare(
      `INSERT INTO source (node, feed, up_to, head, whole, told_feed, told_seq)
       VALUES (@source, @feed, @upTo, @head, @whole, @toldFeed, @toldSeq)
       ON CONFLICT (node) DO UPDATE
       SET feed = excluded.feed, up_to = excluded.up_to, head = excluded.head, whole = excluded.whole,
         told_feed = coalesce(excluded.told_feed, told_feed), told_seq = coalesce(excluded.told_seq, told_seq)`,
    ),
    whole: database.prepare<[string], string | null>("SELECT whole FROM source WHERE node = ?").pluck(),
    newest: database.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'page'").pluck(),
    page: database.prepare(
      `INSERT INTO page (position, source, feed, from_seq, last, hash, head, refused, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    change: database.prepare(
      `INSERT INTO change
         (position, seq, item, jurisdiction, kind, line, moved, places, until, gone, given, given_until)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    held: database.prepare(
      `SELECT held.position, held.seq, held.given AS "givenAt", feed, version, held.item, content, gone_at AS "goneAt",
         gone_version AS "goneVersion", cut, uncut, ended_at AS "endedAt", ${lineColumns}
       FROM held LEFT JOIN change USING (position, seq) WHERE source = ? AND record = ?`,
    ),
    hold: database.prepare(
      `INSERT OR REPLACE INTO held
         (source, record, position, seq, given, feed, version, state, item, scheme, subject, content, gone_at,
          gone_version, cut, uncut, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropLine: database.prepare("DELETE FROM change WHERE position = ? AND seq = ?"),
  };
}
