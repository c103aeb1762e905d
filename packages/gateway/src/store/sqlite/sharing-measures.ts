import { nodeIdSchema } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { KeptReport, Measures, Revocations } from "../../measures/index.ts";
import type { createOvertaking } from "./sharing-revocations.ts";

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
    -- Whether the city knows that the member was given the record, so that it may hear of what becomes of it.
    followed INTEGER NOT NULL,
    PRIMARY KEY (source, member, exchange, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS measure_by_record ON measure (source, record);
`;

const count = z.number().int();
const countSchema = z.object({
  source: nodeIdSchema,
  applied: count,
  partly: count,
  notApplied: count,
  overtaken: count,
  revoked: count,
  kept: count,
  unanswered: count,
});

/** What has to follow a report in its transaction. */
interface Books {
  readonly overtaking: ReturnType<typeof createOvertaking>;
  readonly revocations: Pick<Revocations, "isAsked">;
}

export function createHubMeasures(
  database: Database,
  { overtaking, revocations }: Books,
): Pick<Measures, "keepReport" | "measureCounts"> {
  const sql = {
    text: database.prepare("INSERT INTO measure_report (sha256, text) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    keep: database.prepare(
      `INSERT INTO measure (source, member, exchange, record, outcome, report, iat, followed)
       VALUES (@source, @member, @exchange, @record, @outcome, @report, @iat, @followed)
       ON CONFLICT DO UPDATE SET outcome = excluded.outcome, report = excluded.report, iat = excluded.iat,
         followed = excluded.followed
         WHERE excluded.iat >= iat`,
    ),
    counts: database.prepare(
      `SELECT source, sum(measure.outcome = 'applied') AS applied, sum(measure.outcome = 'partly') AS partly,
         sum(measure.outcome = 'not-applied') AS "notApplied",
         sum(measure.outcome <> 'not-applied' AND (coalesce(state, '') IN ('repaired', 'withdrawn') OR ended_at IS NOT NULL))
           AS overtaken,
         sum(coalesce(asked.outcome, '') = 'revoked') AS revoked, sum(coalesce(asked.outcome, '') = 'kept') AS kept,
         sum(asked.id IS NOT NULL AND asked.outcome IS NULL) AS unanswered
       FROM measure LEFT JOIN held USING (source, record)
         LEFT JOIN (SELECT * FROM revocation WHERE NOT lapsed) AS asked USING (source, record, member, exchange)
       GROUP BY source ORDER BY source`,
    ),
  };
  const keep = database.transaction(({ report, text, sha256, isFollowed }: KeptReport): boolean => {
    if (revocations.isAsked(report)) return false;
    const { iss: member, source, exchange, record, outcome, iat } = report;
    sql.text.run(sha256, text);
    const followed = Number(isFollowed);
    sql.keep.run({ source, member, exchange, record, outcome, report: sha256, iat, followed });
    // It may be of a record that was repaired before it came.
    overtaking.ask(source, record);
    return true;
  });
  return {
    keepReport: (kept) => keep.immediate(kept),
    measureCounts: () => sql.counts.all().map((row) => countSchema.parse(row)),
  };
}
