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

export function createHubScores(database: Database) {
  const add = database.prepare(
    `INSERT INTO score (source, month, told, refused, judged, timely, required, required_filled, optional, optional_filled)
     VALUES (@source, @month, @told, @refused, @judged, @timely, @required, @requiredFilled, @optional, @optionalFilled)
     ON CONFLICT (month, source) DO UPDATE SET told = told + excluded.told, refused = refused + excluded.refused,
       judged = judged + excluded.judged, timely = timely + excluded.timely, required = required + excluded.required,
       required_filled = required_filled + excluded.required_filled, optional = optional + excluded.optional,
       optional_filled = optional_filled + excluded.optional_filled`,
  );
  const lines = database.prepare(
    `SELECT score.source, month, told, refused, judged, timely, required, required_filled AS "requiredFilled",
       optional, optional_filled AS "optionalFilled", kept_back AS "keptBack", count(correction.id) AS corrections,
       count(completed_at) AS completed, coalesce(sum(overdue), 0) AS late,
       avg(opened_at - decided_at) / 3600.0 AS "hoursUntilKnown", avg(completed_at - opened_at) / 3600.0 AS hours
     FROM score LEFT JOIN correction
       ON correction.source = score.source AND opened_at >= @from AND opened_at < @to
     WHERE month = @month GROUP BY score.source ORDER BY score.source`,
  );
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
