import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { subjectSchema } from "@xinqiao/protocol/identity";
import { payloadOf, readCompact } from "@xinqiao/protocol/jws";
import { ok, type Result } from "@xinqiao/protocol/result";
import {
  feedPlaceSchema,
  lineHash,
  pageHeadSchema,
  pageType,
  refusedChangesSchema,
} from "@xinqiao/protocol/sync";
import { createDurable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { CaseBook } from "../../cases/index.ts";
import type { Measures, Revocations } from "../../measures/index.ts";
import type { GivenRecords, ToldRecords } from "../../screening/index.ts";
import type { Hub } from "../../sharing/index.ts";
import { createHubAttendance } from "./sharing-attendance.ts";
import { createHubCases } from "./sharing-cases.ts";
import { createHubCompaction } from "./sharing-compaction.ts";
import { createHubCopy } from "./sharing-copy.ts";
import { createHubCorrections } from "./sharing-corrections.ts";
import { createHubDigests } from "./sharing-digests.ts";
import { createHubDisputes } from "./sharing-disputes.ts";
import { openSharingFile, openSharingToRead, type UnreadableSharing } from "./sharing-file.ts";
import { createGiven } from "./sharing-given.ts";
import { createGivenOut } from "./sharing-given-out.ts";
import { createHubLetters } from "./sharing-letters.ts";
import { createHubMeasures } from "./sharing-measures.ts";
import { createMemberSets } from "./sharing-member-sets.ts";
import { createReaders } from "./sharing-readers.ts";
import { createHubReading } from "./sharing-reading.ts";
import { createHubRevocations, createOvertaking } from "./sharing-revocations.ts";
import { createHad, createHubScores } from "./sharing-scores.ts";
import { createSweeping } from "./sharing-sweeping.ts";
import { createTaking } from "./sharing-taking.ts";

type Version = "version" | "isAsSigned" | "isBlank";
type Read = "standing" | "letters" | "letterCounts" | "scores" | "measureCounts" | Version;

/** What is read of a hub by a process of its own, beside the gateway. */
export interface HubToRead extends Pick<OpenedHub, Read | "cases" | "caseOf" | "close"> {
  readonly revocations: Pick<Revocations, "open">;
}

export interface OpenedHub extends Hub, ToldRecords, Measures, CaseBook {
  readonly revocations: Revocations;
  readonly given: GivenRecords;
  close(): void;
}

const heldVersionSchema = z
  .object({
    feed: z.string(),
    version: z.number(),
    item: itemCodeSchema,
    content: z.string().nullable(),
    goneAt: z.number().nullable(),
    goneVersion: z.number().nullable(),
    scheme: subjectSchema.shape.scheme,
    subject: z.string(),
  })
  .transform(({ scheme, subject: id, ...held }) => ({ ...held, subject: { scheme, id } }));

const noLeap = () => 0;

/**
 * A file of its own beside the log: it holds records, and the log none.
 * @param leap how many positions are passed over before the first page that this process takes. A gateway that was put
 *   back has lost pages that readers stand at: where it goes on at another place every time, none of them takes a new page
 *   for the one that it has read (PR-SYNC §4)
 */
export function openHub(path: string, leap = noLeap): OpenedHub {
  const database = openSharingFile(path);
  const durable = createDurable(path, "sync.unavailable");
  const sql = prepare(database);
  const corrections = createHubCorrections(database);
  const letters = createHubLetters(database);
  const { addScore, ...scores } = createHubScores(database);
  const had = createHad(database);
  const overtaking = createOvertaking(database);
  const disputes = createHubDisputes(database);
  const cases = createHubCases(database);
  const revocations = createHubRevocations(database);
  const given = createGiven(database);
  const sets = createMemberSets(database);
  const readers = createReaders(database, sets);
  const givenOut = createGivenOut({ readers, sets });
  const sweep = createSweeping(database, { corrections, givenOut, ...had });
  const take = createTaking(database, { corrections, letters, overtaking, givenOut }, leap);
  return {
    past: (source) => ({
      place: feedPlaceSchema.optional().parse(sql.place.get(source)),
      took: ({ feed, hash }) => sql.took.get(source, feed, hash) !== undefined,
      knows: (feed) => sql.knows.get(source, feed) !== undefined,
    }),
    refused: (source) => refusedChangesSchema.parse(JSON.parse(sql.refused.get(source) ?? "[]")),
    ...versionsBy(sql),
    sweep(page, after) {
      const turn = sweep(page, after);
      if (turn.swept > 0) disputes.changed();
      return turn.next;
    },
    take(page) {
      const taking = database.transaction(() => {
        addScore(page.source, page.score.month, page.score);
        return take(page);
      });
      const corrected = taking.immediate();
      disputes.took(page);
      return corrected;
    },
    ...createHubReading(database, { readers, sets }),
    ...createHubCopy(database),
    ...createHubMeasures(database, { overtaking, revocations }),
    revocations,
    given,
    ...cases,
    keepStep(taken) {
      cases.keepStep(taken);
      disputes.changed();
    },
    disputed: disputes.disputed,
    ...scores,
    hasHad: had.hasHad,
    digests: createHubDigests(database),
    ...corrections.port,
    ...letters.port,
    ...createHubAttendance(database),
    ...createHubCompaction(database),
    forgetGiven: given.forgetGiven,
    durable: durable.reached,
    close() {
      durable.close();
      database.close();
    },
  };
}

/** It makes no file, nor changes one. */
export function openHubToRead(path: string): Result<HubToRead, UnreadableSharing> {
  const opened = openSharingToRead(path);
  if (!opened.ok) return opened;
  const database = opened.value;
  const { standing } = createHubAttendance(database);
  const { letters, letterCounts } = createHubLetters(database).port;
  const { scores } = createHubScores(database);
  const { cases, caseOf } = createHubCases(database);
  const revocations = createHubRevocations(database);
  const books = { overtaking: createOvertaking(database), revocations };
  const { measureCounts } = createHubMeasures(database, books);
  const read = { standing, letters, letterCounts, scores, measureCounts, cases, caseOf, revocations };
  return ok({ ...read, ...versionsBy(prepare(database)), close: () => void database.close() });
}

type Statements = ReturnType<typeof prepare>;

const versionsBy = (sql: Statements): Pick<Hub, Version> => ({
  version: (source, record) => heldVersionSchema.optional().parse(sql.version.get(source, record)),
  isAsSigned: (source, record) => isAsSigned(source, record, sql),
  isBlank: (source, record, today) => sql.blank.get(source, record, today) !== undefined,
});

const signedLineSchema = z.object({ line: z.string().nullable(), at: z.number(), head: z.string() });

function isAsSigned(source: string, record: string, sql: Statements): boolean {
  const found = signedLineSchema.optional().parse(sql.signedLine.get(source, record));
  const jws = found && readCompact(found.head, pageType);
  const hashes = jws && pageHeadSchema.safeParse(payloadOf(jws)).data?.hashes;
  return typeof found?.line === "string" && hashes?.[found.at] === lineHash(found.line);
}

function prepare(database: Database) {
  return {
    place: database.prepare('SELECT feed, up_to AS "upTo", head FROM source WHERE node = ?'),
    took: database.prepare("SELECT 1 FROM page WHERE source = ? AND feed = ? AND hash = ?"),
    knows: database.prepare("SELECT 1 FROM page WHERE source = ? AND feed = ? LIMIT 1"),
    refused: database
      .prepare<[string], string>(
        `SELECT refused FROM source JOIN page
         ON page.source = source.node AND page.feed = source.feed AND page.hash = source.head WHERE node = ?`,
      )
      .pluck(),
    signedLine: database.prepare(
      `SELECT line, held.seq - page.from_seq AS at, head FROM held
       JOIN page USING (position) LEFT JOIN change USING (position, seq) WHERE held.source = ? AND record = ?`,
    ),
    blank: database.prepare<[string, string, string], object>(
      `SELECT 1 FROM held JOIN change USING (position, seq)
       WHERE source = ? AND record = ? AND line IS NULL AND (gone OR until < ?)`,
    ),
    version: database.prepare(
      `SELECT feed, version, item, content, coalesce(gone_at, ended_at) AS "goneAt", gone_version AS "goneVersion", scheme,
         subject FROM held WHERE source = ? AND record = ?`,
    ),
  };
}
