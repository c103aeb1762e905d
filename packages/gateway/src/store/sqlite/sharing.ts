import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { subjectSchema } from "@xinqiao/protocol/identity";
import { payloadOf, readCompact } from "@xinqiao/protocol/jws";
import type { CreditRecord } from "@xinqiao/protocol/record";
import {
  type CorrectionEffect,
  feedPlaceSchema,
  lineHash,
  pageHeadSchema,
  pageType,
  refusedChangesSchema,
} from "@xinqiao/protocol/sync";
import { createDurable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Measures, Revocations } from "../../measures/index.ts";
import type { GivenRecords, ToldRecords } from "../../screening/index.ts";
import {
  contentOf,
  type Hub,
  type OpenedCorrection,
  type PageToTake,
  type TakenChange,
} from "../../sharing/index.ts";
import { createHubAttendance } from "./sharing-attendance.ts";
import { createHubCompaction } from "./sharing-compaction.ts";
import { createHubCopy } from "./sharing-copy.ts";
import { createHubCorrections } from "./sharing-corrections.ts";
import { createHubDigests } from "./sharing-digests.ts";
import { openSharingFile } from "./sharing-file.ts";
import { createGiven } from "./sharing-given.ts";
import { createHubLetters } from "./sharing-letters.ts";
import { createHubMeasures } from "./sharing-measures.ts";
import { createHubReading } from "./sharing-reading.ts";
import { createHubRevocations, createOvertaking } from "./sharing-revocations.ts";
import { createHubScores } from "./sharing-scores.ts";

export interface OpenedHub extends Hub, ToldRecords, Measures {
  readonly revocations: Revocations;
  readonly given: GivenRecords;
  close(): void;
}

const heldSchema = z.object({
  position: z.number(),
  seq: z.number(),
  given: z.number(),
  first: z.number(),
  feed: z.string(),
  version: z.number(),
  item: itemCodeSchema,
  jurisdiction: z.string(),
  kind: z.string(),
  line: z.string().nullable(),
  moved: z.number(),
  content: z.string().nullable(),
});
type Held = z.infer<typeof heldSchema>;
const heldVersionSchema = z
  .object({
    ...heldSchema.pick({ feed: true, version: true, item: true, content: true }).shape,
    scheme: subjectSchema.shape.scheme,
    subject: z.string(),
  })
  .transform(({ scheme, subject: id, ...held }) => ({ ...held, subject: { scheme, id } }));

/** A file of its own beside the log: it holds records, and the log none. */
export function openHub(path: string): OpenedHub {
  const database = openSharingFile(path);
  const durable = createDurable(path, "sync.unavailable");
  const sql = prepare(database);
  const corrections = createHubCorrections(database);
  const letters = createHubLetters(database);
  const { addScore, scores } = createHubScores(database);
  const overtaking = createOvertaking(database);
  const take = createTaking(database, sql, { corrections, letters, overtaking });
  return {
    past: (source) => ({
      place: feedPlaceSchema.optional().parse(sql.place.get(source)),
      took: ({ feed, hash }) => sql.took.get(source, feed, hash) !== undefined,
      knows: (feed) => sql.knows.get(source, feed) !== undefined,
    }),
    refused: (source) => refusedChangesSchema.parse(JSON.parse(sql.refused.get(source) ?? "[]")),
    version: (source, record) => heldVersionSchema.optional().parse(sql.version.get(source, record)),
    isAsSigned: (source, record) => isAsSigned(source, record, sql),
    take: (page) =>
      database
        .transaction(() => {
          addScore(page.source, page.score.month, page.score);
          return take(page);
        })
        .immediate(),
    ...createHubReading(database),
    ...createHubCopy(database),
    ...createHubMeasures(database, overtaking),
    revocations: createHubRevocations(database),
    given: createGiven(database),
    scores,
    digests: createHubDigests(database),
    ...corrections.port,
    ...letters.port,
    ...createHubAttendance(database),
    ...createHubCompaction(database),
    durable: durable.reached,
    close() {
      durable.close();
      database.close();
    },
  };
}

type Statements = ReturnType<typeof prepare>;

/** What has to follow a page in its transaction. */
interface Following {
  readonly corrections: ReturnType<typeof createHubCorrections>;
  readonly letters: ReturnType<typeof createHubLetters>;
  readonly overtaking: ReturnType<typeof createOvertaking>;
}

/** How a page comes in: versions before, and those who hold them. */
function createTaking(database: Database, sql: Statements, { corrections, letters, overtaking }: Following) {
  const held = (source: string, record: string) => heldSchema.optional().parse(sql.held.get(source, record));

  function supersede(
    page: PageToTake,
    { change: { record, seq } }: TakenChange,
    { before, moved, same }: { readonly before: Held; readonly moved: boolean; readonly same: boolean },
  ): OpenedCorrection | undefined {
    const { source } = page;
    const { feed } = page.page;
    sql.dropLine.run(before.position, before.seq);
    const waiting = corrections.supersede(source, record.id, { feed, seq });
    // In another feed everything is told again.
    if (same) return undefined;
    const given = page.holders({ record, position: before.given, moved });
    const holders = [...new Set([...given, ...waiting])].sort();
    if (holders.length === 0) return undefined;
    const openedAt = Math.floor(page.at / 1000);
    const about = { source, feed, seq, effect: effectOf(record), openedAt, dueOn: page.dueOn(record) };
    return corrections.open({ ...about, holders }, page);
  }

  /** @param position of the page that it came in */
  function hold(page: PageToTake, taken: TakenChange, position: number): OpenedCorrection | undefined {
    const { source } = page;
    const { feed } = page.page;
    const { seq, record } = taken.change;
    const before = held(source, record.id);
    const moved = before !== undefined && hasMoved(before, record);
    const content = contentOf(record);
    const same = before !== undefined && isSame(before, { ...record, content }, feed);
    const correction = before && supersede(page, taken, { before, moved, same });
    const { id, item, jurisdiction, version, state, subject } = record;
    const { scheme, kind } = subject;
    const first = before?.first ?? position;
    const given = same ? before.given : position;
    const until = record.disclosedUntil ?? null;
    const givenFrom = isGone(record) ? (before?.first ?? nobody) : null;
    sql.change.run(position, seq, item, jurisdiction, kind, taken.line, Number(moved), until, givenFrom);
    sql.hold.run({
      ...{ source, record: id, position, seq, given, first, feed },
      ...{ version, state, item, scheme, subject: subject.id, content },
    });
    overtaking[isGone(record) ? "ask" : "lapse"](source, id);
    return correction;
  }

  const take = database.transaction((page: PageToTake): readonly OpenedCorrection[] => {
    const { source, page: opened, head, changes, refused, at } = page;
    const { feed, from, last, hash, complete } = opened;
    const position = Number(
      sql.page.run(source, feed, from, last, hash, head, JSON.stringify(refused), at).lastInsertRowid,
    );
    const corrected = changes.flatMap((taken) => hold(page, taken, position) ?? []);
    letters.noteRefused(page);
    const whole = sql.whole.get(source) ?? null;
    if (complete && whole !== feed) {
      sql.dropOlder.run(source, feed);
      sql.sweep.run(source, feed);
      corrections.postpone(page);
      letters.forgetOther(source, feed);
    }
    sql.move.run({ source, feed, upTo: last, head: hash, whole: complete ? feed : whole });
    return corrected;
  });
  return take;
}

const signedLineSchema = z.object({ line: z.string().nullable(), at: z.number(), head: z.string() });

function isAsSigned(source: string, record: string, sql: Statements): boolean {
  const found = signedLineSchema.optional().parse(sql.signedLine.get(source, record));
  const jws = found && readCompact(found.head, pageType);
  const hashes = jws && pageHeadSchema.safeParse(payloadOf(jws)).data?.hashes;
  return typeof found?.line === "string" && hashes?.[found.at] === lineHash(found.line);
}

/** A position that no reader has reached: no version was given to anybody. */
const nobody = Number.MAX_SAFE_INTEGER;

const isGone = ({ state }: Pick<CreditRecord, "state">) => state === "repaired" || state === "withdrawn";

function effectOf({ state }: Pick<CreditRecord, "state">): CorrectionEffect {
  return state === "current" ? "corrected" : state;
}

/** Once it has, it has for good: who wanted what it was may not have heard of it yet. */
function hasMoved({ jurisdiction, kind, moved }: Held, record: CreditRecord): boolean {
  return moved === 1 || jurisdiction !== record.jurisdiction || kind !== record.subject.kind;
}

/** Its number alone does not tell: a source whose store was put back may have given it out twice. */
const isSame = (before: Held, { version, content }: Pick<Held, "version" | "content">, feed: string) =>
  // What is older than hashes: within a feed a version is told again only where its line was damaged.
  before.content === null ? before.feed === feed && before.version === version : before.content === content;

function prepare(database: Database) {
  return {
    place: database.prepare('SELECT feed, up_to AS "upTo", head FROM source WHERE node = ?'),
    move: database.prepare(
      `INSERT INTO source (node, feed, up_to, head, whole) VALUES (@source, @feed, @upTo, @head, @whole)
       ON CONFLICT (node) DO UPDATE
       SET feed = excluded.feed, up_to = excluded.up_to, head = excluded.head, whole = excluded.whole`,
    ),
    whole: database.prepare<[string], string | null>("SELECT whole FROM source WHERE node = ?").pluck(),
    page: database.prepare(
      "INSERT INTO page (source, feed, from_seq, last, hash, head, refused, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    change: database.prepare(
      `INSERT INTO change (position, seq, item, jurisdiction, kind, line, moved, until, given_from)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    took: database.prepare("SELECT 1 FROM page WHERE source = ? AND feed = ? AND hash = ?"),
    knows: database.prepare("SELECT 1 FROM page WHERE source = ? AND feed = ? LIMIT 1"),
    refused: database
      .prepare<[string], string>(
        `SELECT refused FROM source JOIN page
         ON page.source = source.node AND page.feed = source.feed AND page.hash = source.head WHERE node = ?`,
      )
      .pluck(),
    held: database.prepare(
      `SELECT position, seq, given, first, feed, version, held.item, jurisdiction, kind, line, moved, content
       FROM held JOIN change USING (position, seq) WHERE source = ? AND record = ?`,
    ),
    signedLine: database.prepare(
      `SELECT line, held.seq - page.from_seq AS at, head FROM held
       JOIN page USING (position) LEFT JOIN change USING (position, seq) WHERE held.source = ? AND record = ?`,
    ),
    version: database.prepare(
      "SELECT feed, version, item, content, scheme, subject FROM held WHERE source = ? AND record = ?",
    ),
    hold: database.prepare(
      `INSERT OR REPLACE INTO held
         (source, record, position, seq, given, first, feed, version, state, item, scheme, subject, content)
       VALUES
         (@source, @record, @position, @seq, @given, @first, @feed, @version, @state, @item, @scheme, @subject, @content)`,
    ),
    dropLine: database.prepare("DELETE FROM change WHERE position = ? AND seq = ?"),
    dropOlder: database.prepare(
      `DELETE FROM change WHERE (position, seq) IN
       (SELECT position, seq FROM held WHERE source = ? AND feed <> ?)`,
    ),
    sweep: database.prepare("DELETE FROM held WHERE source = ? AND feed <> ?"),
  };
}
