import { closeSync, openSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
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
import Database from "better-sqlite3";
import { z } from "zod";
import type { CaseBook } from "../../cases/index.ts";
import type { Measures } from "../../measures/index.ts";
import type { ToldRecords } from "../../screening/index.ts";
import type { Hub, OpenedCorrection, PageToTake, TakenChange } from "../../sharing/index.ts";
import { caseSchema, createHubCases } from "./sharing-cases.ts";
import { createHubCopy } from "./sharing-copy.ts";
import { createHubCorrections } from "./sharing-corrections.ts";
import { createHubDigests, recordOfLine, sharingDigestSchema } from "./sharing-digests.ts";
import { createHubDisputes } from "./sharing-disputes.ts";
import { createHubMeasures, measureSchema } from "./sharing-measures.ts";
import { createHubReading } from "./sharing-reading.ts";
import { deadlineColumns, sharingSchema, sharingVersion } from "./sharing-schema.ts";
import { createHubScores, scoreSchema } from "./sharing-scores.ts";

export interface OpenedHub extends Hub, ToldRecords, Measures, CaseBook {
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
});
type Held = z.infer<typeof heldSchema>;
const heldVersionSchema = heldSchema.pick({ feed: true, version: true, item: true });

/** A file of its own beside the log: it holds records, and the log none. */
export function openHub(path: string): OpenedHub {
  const database = openFile(path);
  const durable = createDurable(path, "sync.unavailable");
  const sql = prepare(database);
  const corrections = createHubCorrections(database);
  const { addScore, scores } = createHubScores(database);
  const take = createTaking(database, sql, corrections);
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
    ...createHubMeasures(database),
    ...createHubCases(database),
    disputed: createHubDisputes(database).disputed,
    scores,
    digests: createHubDigests(database),
    ...corrections.port,
    durable: durable.reached,
    close() {
      durable.close();
      database.close();
    },
  };
}

function openFile(path: string): Database.Database {
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  // What was corrected is in no free page.
  database.pragma("secure_delete = ON");
  const done = Number(database.pragma("user_version", { simple: true }));
  if (done > sharingVersion) throw new Error(`${path} is of a newer version (${done}) than this program`);
  database.transaction(() => {
    if (hasNoDeadlines(database)) database.exec(deadlineColumns);
    database.exec(sharingSchema);
    database.exec(sharingDigestSchema);
    database.exec(scoreSchema);
    database.exec(measureSchema);
    database.exec(caseSchema);
    if (done < 2)
      database.exec(
        "INSERT INTO undigested SELECT source, record FROM held WHERE true ON CONFLICT DO NOTHING",
      );
    database.pragma(`user_version = ${sharingVersion}`);
  })();
  return database;
}

/** The version does not tell: deadlines came without one of their own. */
function hasNoDeadlines(database: Database.Database): boolean {
  const columns = z.array(z.object({ name: z.string() })).parse(database.pragma("table_info(correction)"));
  return columns.length > 0 && !columns.some(({ name }) => name === "due_on");
}

type Statements = ReturnType<typeof prepare>;

/** How a page comes in: versions before, and those who hold them. */
function createTaking(
  database: Database.Database,
  sql: Statements,
  corrections: ReturnType<typeof createHubCorrections>,
) {
  const held = (source: string, record: string) => heldSchema.optional().parse(sql.held.get(source, record));

  function supersede(
    page: PageToTake,
    { change: { record, seq } }: TakenChange,
    before: Held,
    moved: boolean,
  ): OpenedCorrection | undefined {
    const { source } = page;
    const { feed } = page.page;
    sql.blank.run(before.position, before.seq);
    const waiting = corrections.supersede(source, record.id, { feed, seq });
    // In another feed everything is told again.
    if (isSame(before, record, feed)) return undefined;
    const given = page.holders({ record, position: before.given, moved });
    const holders = [...new Set([...given, ...waiting])].sort();
    if (holders.length === 0) return undefined;
    const openedAt = Math.floor(page.at / 1000);
    const about = { source, feed, seq, effect: effectOf(record), openedAt, dueOn: page.dueOn(record) };
    return corrections.open({ ...about, holders }, page);
  }

  const take = database.transaction((page: PageToTake): readonly OpenedCorrection[] => {
    const { source, page: opened, head, changes, refused, at } = page;
    const { feed, from, last, hash, complete } = opened;
    const position = Number(
      sql.page.run(source, feed, from, last, hash, head, JSON.stringify(refused), at).lastInsertRowid,
    );
    const corrected: OpenedCorrection[] = [];
    for (const taken of changes) {
      const { seq, record } = taken.change;
      const before = held(source, record.id);
      const moved = before !== undefined && hasMoved(before, record);
      const correction = before && supersede(page, taken, before, moved);
      if (correction) corrected.push(correction);
      const { id, item, jurisdiction, version, state, subject } = record;
      const { scheme, kind } = subject;
      const given = before !== undefined && isSame(before, record, feed) ? before.given : position;
      const until = record.disclosedUntil ?? null;
      const givenFrom = isGone(record) ? (before?.first ?? nobody) : null;
      sql.change.run(position, seq, item, jurisdiction, kind, taken.line, Number(moved), until, givenFrom);
      sql.hold.run({
        source,
        record: id,
        position,
        seq,
        given,
        first: before?.first ?? position,
        feed,
        version,
        state,
        item,
        scheme,
        subject: subject.id,
      });
    }
    const whole = sql.whole.get(source) ?? null;
    if (complete && whole !== feed) {
      sql.blankOlder.run(source, feed);
      sql.sweep.run(source, feed);
      corrections.postpone(page);
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

/** Within a feed a version is told again only where the line held of it was damaged. */
const isSame = (before: Held, record: CreditRecord, feed: string): boolean =>
  (before.feed === feed && before.version === record.version) || saysSame(before, record);

/** Its number alone does not tell: a source whose store was put back may have given it out twice. */
function saysSame({ line }: Held, { recordedAt: _at, ...record }: CreditRecord): boolean {
  const held = line === null ? undefined : recordOfLine(line);
  if (held === undefined) return false;
  const { recordedAt: _then, ...before } = held;
  return isDeepStrictEqual(before, record);
}

function prepare(database: Database.Database) {
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
      `SELECT position, seq, given, first, feed, version, held.item, jurisdiction, kind, line, moved
       FROM held JOIN change USING (position, seq) WHERE source = ? AND record = ?`,
    ),
    signedLine: database.prepare(
      `SELECT line, held.seq - page.from_seq AS at, head FROM held
       JOIN page USING (position) LEFT JOIN change USING (position, seq) WHERE held.source = ? AND record = ?`,
    ),
    version: database.prepare("SELECT feed, version, item FROM held WHERE source = ? AND record = ?"),
    hold: database.prepare(
      `INSERT OR REPLACE INTO held
         (source, record, position, seq, given, first, feed, version, state, item, scheme, subject)
       VALUES
         (@source, @record, @position, @seq, @given, @first, @feed, @version, @state, @item, @scheme, @subject)`,
    ),
    blank: database.prepare("UPDATE change SET line = NULL WHERE position = ? AND seq = ?"),
    blankOlder: database.prepare(
      `UPDATE change SET line = NULL WHERE (position, seq) IN
       (SELECT position, seq FROM held WHERE source = ? AND feed <> ?)`,
    ),
    sweep: database.prepare("DELETE FROM held WHERE source = ? AND feed <> ?"),
  };
}
