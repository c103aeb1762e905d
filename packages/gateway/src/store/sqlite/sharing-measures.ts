import { nodeIdSchema } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { KeptReport, Measures } from "../../measures/index.ts";

/** What members have reported (PR-SYNC §8). */
export const measureSchema = `
  -- Reports as they came, by their hash.
  CREATE TABLE IF NOT EXISTS measure_report (
    sha256 TEXT NOT NULL PRIMARY KEY,
    text   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- The newest of each member about a record of an exchange. Seconds since 1970.
  CREATE TABLE IF NOT EXISTS measure (
    source   TEXT NOT NULL,
    member   TEXT NOT NULL,
    exchange TEXT NOT NULL,
    record   TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    report   TEXT NOT NULL,
    iat      INTEGER NOT NULL,
    PRIMARY KEY (source, member, exchange, record)
  ) STRICT, WITHOUT ROWID;
`;

const count = z.number().int();
const countSchema = z.object({
  source: nodeIdSchema,
  applied: count,
  partly: count,
  notApplied: count,
  overtaken: count,
});

export function createHubMeasures(database: Database): Omit<Measures, "durable"> {
  const sql = {
    text: database.prepare("INSERT INTO measure_report (sha256, text) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    keep: database.prepare(
      `INSERT INTO measure (source, member, exchange, record, outcome, report, iat)
       VALUES (@source, @member, @exchange, @record, @outcome, @report, @iat)
       ON CONFLICT DO UPDATE SET outcome = excluded.outcome, report = excluded.report, iat = excluded.iat
         WHERE excluded.iat >= iat`,
    ),
    counts: database.prepare(
      `SELECT source, sum(outcome = 'applied') AS applied, sum(outcome = 'partly') AS partly,
         sum(outcome = 'not-applied') AS "notApplied",
         sum(outcome <> 'not-applied' AND coalesce(state, '') IN ('repaired', 'withdrawn')) AS overtaken
       FROM measure LEFT JOIN held USING (source, record) GROUP BY source ORDER BY source`,
    ),
  };
  const keep = database.transaction(({ report, text, sha256 }: KeptReport) => {
    const { iss: member, source, exchange, record, outcome, iat } = report;
    sql.text.run(sha256, text);
    sql.keep.run({ source, member, exchange, record, outcome, report: sha256, iat });
  });
  return {
    keepReport: (kept) => keep.immediate(kept),
    measureCounts: () => sql.counts.all().map((row) => countSchema.parse(row)),
  };
}
