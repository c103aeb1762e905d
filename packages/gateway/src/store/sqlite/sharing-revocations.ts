import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { mostOpen, revocationOutcomes, revokingEffects } from "@xinqiao/protocol/measures";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Revocations } from "../../measures/index.ts";

/** What members were asked to revoke (PR-SYNC §9). */
export const revocationSchema = `
  CREATE TABLE IF NOT EXISTS revocation (
    id       INTEGER PRIMARY KEY,
    source   TEXT NOT NULL,
    member   TEXT NOT NULL,
    exchange TEXT NOT NULL,
    record   TEXT NOT NULL,
    report   TEXT NOT NULL,
    effect   TEXT NOT NULL,
    -- The record stands again: nobody is asked any more.
    lapsed   INTEGER NOT NULL DEFAULT 0,
    -- The signed notice and its hash, the last day for an answer, and whether it is in the log.
    notice    TEXT,
    text      TEXT,
    due_on    TEXT,
    announced INTEGER NOT NULL DEFAULT 0,
    -- Whether it was said that the last day is over.
    overdue   INTEGER NOT NULL DEFAULT 0,
    outcome   TEXT,
    answer    TEXT
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS revocation_of_measure ON revocation (source, record, member, exchange)
    WHERE NOT lapsed;
  CREATE UNIQUE INDEX IF NOT EXISTS revocation_by_notice ON revocation (notice);
  CREATE INDEX IF NOT EXISTS revocation_unannounced ON revocation (id) WHERE NOT announced AND NOT lapsed;
  CREATE INDEX IF NOT EXISTS revocation_open ON revocation (member, notice)
    WHERE announced AND NOT lapsed AND outcome IS NULL;
`;

/** Most that are looked at in one go. */
const most = 100;

const keySchema = z.object({
  id: z.number(),
  member: nodeIdSchema,
  source: nodeIdSchema,
  report: z.string(),
  effect: z.enum(revokingEffects),
});
const unsignedSchema = keySchema.extend({ reported: z.string() });
const openSchema = keySchema.extend({ notice: z.string(), dueOn: z.string() });
const reportedSchema = openSchema.extend({ reported: z.string() });
const heldNoticeSchema = z.object({ notice: z.string(), text: z.string() });
const askedSchema = z.object({
  id: z.number(),
  source: nodeIdSchema,
  outcome: z.enum(revocationOutcomes).nullable(),
  isOpen: z.number().transform(Boolean),
});

const endedSchema = z.object({ source: z.string(), record: z.string() });

const isOpen = "announced AND NOT lapsed AND outcome IS NULL";
const columns = 'id, member, source, report, effect, notice, due_on AS "dueOn"';

export function createHubRevocations(database: Database): Revocations {
  const sql = prepare(database);
  const answer = database.transaction((id: number, given: Parameters<Revocations["answered"]>[1]) => {
    sql.text.run(given.sha256, given.text);
    sql.answered.run({ id, outcome: given.outcome, sha256: given.sha256 });
  });
  const overtaking = createOvertaking(database);
  const noteEnded = database.transaction((today: string): number => {
    const ended = sql.end.all(today, most).map((row) => endedSchema.parse(row));
    for (const { source, record } of ended) {
      sql.ended.run(source, record);
      overtaking.ask(source, record);
    }
    return ended.length;
  });
  return {
    noteEnded: (today) => noteEnded.immediate(today),
    unsigned: () => sql.unsigned.all().map((row) => unsignedSchema.parse(row)),
    signed: (id, { text, sha256, dueOn }) => void sql.signed.run(sha256, text, dueOn, id),
    unannounced: () => sql.unannounced.all().map((row) => openSchema.parse(row)),
    announced: (id) => void sql.announced.run(id),
    overdue: (today) => sql.overdue.all(today).map((row) => openSchema.parse(row)),
    saidOverdue: (id) => void sql.saidOverdue.run(id),
    openOf: (member) => sql.openOf.all(member, mostOpen).map((row) => heldNoticeSchema.parse(row)),
    isOpen: (member, notice) => sql.isOpen.get(member, notice) !== undefined,
    asked: (member, notice) => askedSchema.optional().parse(sql.asked.get(member, notice)),
    answered: (id, given) => answer.immediate(id, given),
    isAsked: ({ source, record, iss, exchange }) =>
      sql.isAsked.get(source, record, iss, exchange) !== undefined,
    open: () => sql.open.all().map((row) => reportedSchema.parse(row)),
  };
}

/** What becomes of measures when a version of their record is taken, or a report of one: parts of that transaction. */
export function createOvertaking(database: Database) {
  const asking = (which: string) =>
    database.prepare(
      `INSERT INTO revocation (source, member, exchange, record, report, effect)
       SELECT source, member, exchange, record, report, iif(state IN ('repaired', 'withdrawn'), state, 'ended')
       FROM measure JOIN held USING (source, record)
       WHERE ${which} AND outcome <> 'not-applied' AND followed
         AND (state IN ('repaired', 'withdrawn') OR ended_at IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM revocation AS past WHERE past.source = measure.source
           AND past.record = measure.record AND past.report = measure.report AND past.outcome = 'revoked')
       ON CONFLICT DO NOTHING`,
    );
  const sql = {
    ask: asking("source = ? AND record = ?"),
    askAll: asking("true"),
    lapse: database.prepare(
      "UPDATE revocation SET lapsed = 1 WHERE source = ? AND record = ? AND NOT lapsed",
    ),
  };
  return {
    /** Whoever acted upon a record that is no longer disclosed, or that a correction has ended, is asked, once. */
    ask: (source: string, record: string) => void sql.ask.run(source, record),
    /** In a file that was written before anybody was asked. */
    askAll: () => void sql.askAll.run(),
    /** It is disclosed again: what was asked because of it counts no more. */
    lapse: (source: string, record: string) => void sql.lapse.run(source, record),
  };
}

function prepare(database: Database) {
  return {
    end: database.prepare(
      "SELECT source, record FROM held WHERE cut IS NOT NULL AND ended_at IS NULL AND cut < ? LIMIT ?",
    ),
    // The city's day is over at midnight there.
    ended: database.prepare(
      `UPDATE held SET ended_at = (unixepoch(cut, '+1 day') - 8 * 3600) * 1000 WHERE source = ? AND record = ?`,
    ),
    unsigned: database.prepare(
      `SELECT id, member, source, report, effect, text AS reported FROM
         (SELECT id, member, source, report, effect FROM revocation
          WHERE NOT announced AND NOT lapsed AND notice IS NULL ORDER BY id LIMIT ${most})
       JOIN measure_report ON sha256 = report ORDER BY id`,
    ),
    signed: database.prepare("UPDATE revocation SET notice = ?, text = ?, due_on = ? WHERE id = ?"),
    unannounced: database.prepare(
      `SELECT ${columns} FROM revocation WHERE NOT announced AND NOT lapsed AND notice IS NOT NULL
       ORDER BY id LIMIT ${most}`,
    ),
    announced: database.prepare("UPDATE revocation SET announced = 1 WHERE id = ?"),
    overdue: database.prepare(
      `SELECT ${columns} FROM revocation WHERE ${isOpen} AND NOT overdue AND due_on < ? ORDER BY id LIMIT ${most}`,
    ),
    saidOverdue: database.prepare("UPDATE revocation SET overdue = 1 WHERE id = ?"),
    openOf: database.prepare(
      `SELECT notice, text FROM revocation WHERE member = ? AND ${isOpen} ORDER BY notice LIMIT ?`,
    ),
    isOpen: database.prepare(`SELECT 1 FROM revocation WHERE member = ? AND notice = ? AND ${isOpen}`),
    asked: database.prepare(
      `SELECT id, source, outcome, NOT lapsed AS "isOpen" FROM revocation
       WHERE member = ? AND notice = ? AND announced`,
    ),
    text: database.prepare("INSERT INTO measure_report (sha256, text) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    // Of two answers that come at once a revocation stands.
    answered: database.prepare(
      `UPDATE revocation SET outcome = @outcome, answer = @sha256
       WHERE id = @id AND (outcome IS NULL OR outcome <> 'revoked' OR @outcome = 'revoked')`,
    ),
    isAsked: database.prepare(
      `SELECT 1 FROM revocation WHERE source = ? AND record = ? AND member = ? AND exchange = ? AND NOT lapsed`,
    ),
    open: database.prepare(
      `SELECT ${columns}, (SELECT text FROM measure_report WHERE sha256 = report) AS reported
       FROM revocation WHERE ${isOpen} ORDER BY due_on, member, id`,
    ),
  };
}
