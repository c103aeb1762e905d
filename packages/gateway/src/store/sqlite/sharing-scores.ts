import { createHash } from "node:crypto";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { KeptBack } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Score, ScoreLine } from "../../scorecard/index.ts";

/** Counted as pages come: a superseded version leaves nothing else to count by. */
export const scoreSchema = `
  CREATE TABLE IF NOT EXISTS score (
    source          TEXT NOT NULL,
    month           TEXT NOT NULL,
    told            INTEGER NOT NULL,
    refused         INTEGER NOT NULL,
    judged          INTEGER NOT NULL,
    timely          INTEGER NOT NULL,
    required        INTEGER NOT NULL,
    required_filled INTEGER NOT NULL,
    optional        INTEGER NOT NULL,
    optional_filled INTEGER NOT NULL,
    -- As the source says.
    kept_back       INTEGER NOT NULL DEFAULT 0,
    -- Corrections opened in the month that are kept no more, all completed: how many, how many late, of how many it is known
    -- when they were decided, and the seconds until they were known and completed.
    forgotten               INTEGER NOT NULL DEFAULT 0,
    forgotten_late          INTEGER NOT NULL DEFAULT 0,
    forgotten_known         INTEGER NOT NULL DEFAULT 0,
    forgotten_until_known   INTEGER NOT NULL DEFAULT 0,
    forgotten_until_done    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (month, source)
  ) STRICT, WITHOUT ROWID;
  -- Records that the city had a version of and has no more, by a hash of their ids; in older files those that it has, too.
  CREATE TABLE IF NOT EXISTS had (
    source TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (source, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS correction_by_time ON correction (opened_at);
`;

const count = z.number().int();
const lineSchema = z.object({
  source: nodeIdSchema,
  month: z.string(),
  told: count,
  refused: count,
  judged: count,
  timely: count,
  required: count,
  requiredFilled: count,
  optional: count,
  optionalFilled: count,
  keptBack: count,
  corrections: count,
  completed: count,
  late: count,
  hoursUntilKnown: z.number().nullable(),
  hours: z.number().nullable(),
});

/** 48 bits: of ten million records of a source, none is likely to pass for another. */
const shortHash = (id: string) => createHash("sha256").update(id).digest().readUIntBE(0, 6);

/** Which records the city had and has no more: parts of the transaction that takes a page. */
export function createHad(database: Database) {
  const note = database.prepare("INSERT INTO had (source, record) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const has = database.prepare<[string, number], object>("SELECT 1 FROM had WHERE source = ? AND record = ?");
  return {
    noteHad: (source: NodeId, id: string) => void note.run(source, shortHash(id)),
    hasHad: (source: NodeId, id: string) => has.get(source, shortHash(id)) !== undefined,
  };
}

/** A correction is about to go: its month's score keeps what is counted of it. Part of the transaction that forgets it. */
export function createForgotten(database: Database): (correction: number) => void {
  const fold = database.prepare(
    `INSERT INTO score (source, month, told, refused, judged, timely, required, required_filled, optional, optional_filled,
       forgotten, forgotten_late, forgotten_known, forgotten_until_known, forgotten_until_done)
     SELECT source, strftime('%Y-%m', opened_at, 'unixepoch', '+8 hours'), 0, 0, 0, 0, 0, 0, 0, 0, 1, overdue,
       decided_at IS NOT NULL, coalesce(opened_at - decided_at, 0), completed_at - opened_at FROM correction WHERE id = ?
     ON CONFLICT (month, source) DO UPDATE SET forgotten = forgotten + 1,
       forgotten_late = forgotten_late + excluded.forgotten_late,
       forgotten_known = forgotten_known + excluded.forgotten_known,
       forgotten_until_known = forgotten_until_known + excluded.forgotten_until_known,
       forgotten_until_done = forgotten_until_done + excluded.forgotten_until_done`,
  );
  return (correction) => void fold.run(correction);
}

/** Of a month: of sources that told nothing in it, too, where something of theirs was corrected. */
const linesSql = `
  WITH
    kept AS (
      SELECT source, count(*) AS opened, count(completed_at) AS completed, sum(overdue) AS late,
        count(decided_at) AS known, coalesce(sum(opened_at - decided_at), 0) AS until_known,
        coalesce(sum(completed_at - opened_at), 0) AS until_done
      FROM correction WHERE opened_at >= @from AND opened_at < @to GROUP BY source),
    counted AS (SELECT * FROM score WHERE month = @month)
  SELECT source, @month AS month, coalesce(told, 0) AS told, coalesce(refused, 0) AS refused,
    coalesce(judged, 0) AS judged, coalesce(timely, 0) AS timely, coalesce(required, 0) AS required,
    coalesce(required_filled, 0) AS "requiredFilled", coalesce(optional, 0) AS optional,
    coalesce(optional_filled, 0) AS "optionalFilled", coalesce(kept_back, 0) AS "keptBack",
    coalesce(opened, 0) + coalesce(forgotten, 0) AS corrections,
    coalesce(completed, 0) + coalesce(forgotten, 0) AS completed,
    coalesce(late, 0) + coalesce(forgotten_late, 0) AS late,
    (coalesce(until_known, 0) + coalesce(forgotten_until_known, 0)) / 3600.0
      / nullif(coalesce(known, 0) + coalesce(forgotten_known, 0), 0) AS "hoursUntilKnown",
    (coalesce(until_done, 0) + coalesce(forgotten_until_done, 0)) / 3600.0
      / nullif(coalesce(completed, 0) + coalesce(forgotten, 0), 0) AS hours
  FROM counted FULL JOIN kept USING (source) ORDER BY source`;

export function createHubScores(database: Database) {
  const add = database.prepare(
    `INSERT INTO score (source, month, told, refused, judged, timely, required, required_filled, optional, optional_filled)
     VALUES (@source, @month, @told, @refused, @judged, @timely, @required, @requiredFilled, @optional, @optionalFilled)
     ON CONFLICT (month, source) DO UPDATE SET told = told + excluded.told, refused = refused + excluded.refused,
       judged = judged + excluded.judged, timely = timely + excluded.timely, required = required + excluded.required,
       required_filled = required_filled + excluded.required_filled, optional = optional + excluded.optional,
       optional_filled = optional_filled + excluded.optional_filled`,
  );
  const lines = database.prepare(linesSql);
  const keepBack = database.prepare(
    `INSERT INTO score
       (source, month, told, refused, judged, timely, required, required_filled, optional, optional_filled, kept_back)
     SELECT @source, @month, 0, 0, 0, 0, 0, 0, 0, 0, @rows
     WHERE @rows > 0 OR EXISTS (SELECT 1 FROM score WHERE month = @month AND source = @source)
     ON CONFLICT (month, source) DO UPDATE SET kept_back = excluded.kept_back WHERE kept_back <> excluded.kept_back`,
  );
  const retelling = database.prepare<{ source: string; feed: string }, object>(
    `SELECT 1 FROM source WHERE node = @source AND coalesce(whole, '') <> @feed
       AND (EXISTS (SELECT 1 FROM page WHERE source = @source AND feed < @feed)
         OR EXISTS (SELECT 1 FROM page WHERE source = @source AND feed > @feed))`,
  );
  return {
    isRetelling: (source: NodeId, feed: string) => retelling.get({ source, feed }) !== undefined,
    noteKeptBack: (source: NodeId, keptBack: KeptBack) => void keepBack.run({ source, ...keptBack }),
    /** Of a page of nothing there is nothing to say. */
    addScore(source: NodeId, month: string, score: Score): void {
      if (score.told + score.refused > 0) add.run({ ...score, source, month });
    },
    /** @param from first and next month's first second, by the city's calendar */
    scores: (month: string, from: number, to: number): readonly ScoreLine[] =>
      lines.all({ month, from, to }).map((row) => lineSchema.parse(row)),
  };
}
