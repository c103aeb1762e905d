import { isDeepStrictEqual } from "node:util";
import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, nodeIdSchema, subjectKinds } from "@xinqiao/protocol/identity";
import { disputeKinds, type RecordDispute } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Hub, PageToTake } from "../../sharing/index.ts";

const disputeSchema = z
  .object({ record: z.string(), kind: z.enum(disputeKinds), openedAt: z.number() })
  .transform(({ record, kind, openedAt }) => ({
    record,
    kind,
    since: new Date(openedAt * 1000).toISOString(),
  }));
const placeSchema = z.object({
  source: nodeIdSchema,
  item: itemCodeSchema,
  jurisdiction: jurisdictionSchema,
  subjectKind: z.enum(subjectKinds),
  until: z.string().nullable(),
});

/** A dispute ends for good with the first version that is as decided (PR-CASES §3). */
const standing = "NOT settled AND (from_version IS NULL OR held.version < from_version)";
const columns = 'raised_case.record, raised_case.kind, min(opened_at) AS "openedAt"';

/** Which records are in dispute, as they are held now; of several cases of one kind about a record the dispute is one, since the first. */
export function createHubDisputes(database: Database): Pick<Hub, "disputed"> & {
  /** A step has come, or records have gone. */
  readonly changed: () => void;
  /** A page has come. */
  readonly took: (page: Pick<PageToTake, "source" | "changes">) => void;
  readonly disputesOf: (source: string, record: string) => readonly RecordDispute[];
} {
  const come = database
    .prepare<[], string>(
      `SELECT id FROM raised_case JOIN held USING (source, record)
       WHERE NOT settled AND from_version IS NOT NULL AND from_version <= held.version`,
    )
    .pluck();
  const settle = database.prepare<[string]>("UPDATE raised_case SET settled = 1 WHERE id = ?");
  const all = database.prepare(
    `SELECT raised_case.source, ${columns}, held.item, jurisdiction, change.kind AS "subjectKind", until
     FROM raised_case JOIN held USING (source, record) JOIN change ON change.position = held.position AND change.seq = held.seq
     WHERE ${standing} AND state NOT IN ('repaired', 'withdrawn') 
     GROUP BY raised_case.source, raised_case.record, raised_case.kind
     ORDER BY raised_case.source, raised_case.record, raised_case.kind`,
  );
  const some = database.prepare<[string, string]>(
    `SELECT ${columns} FROM raised_case JOIN held USING (source, record)
     WHERE source = ? AND record = ? AND ${standing} GROUP BY raised_case.kind ORDER BY raised_case.kind`,
  );
  const list = () => {
    for (const id of come.all()) settle.run(id);
    return all.all().map((row) => {
      const { subjectKind: kind, ...place } = placeSchema.parse(row);
      return { ...place, ...disputeSchema.parse(row), subject: { kind } };
    });
  };
  const ofSource = database.prepare("SELECT 1 FROM raised_case WHERE source = ? AND NOT settled LIMIT 1");
  const ofRecord = database.prepare(
    "SELECT 1 FROM raised_case WHERE source = ? AND record = ? AND NOT settled LIMIT 1",
  );
  let known: ReturnType<Hub["disputed"]> = [];
  let isCurrent = false;
  return {
    disputed() {
      if (isCurrent) return known;
      const now = list();
      // Whoever keeps something by it need not begin again with what is told once more, in another feed.
      if (!isDeepStrictEqual(now, known)) known = now;
      isCurrent = true;
      return known;
    },
    changed() {
      isCurrent = false;
    },
    took({ source, changes }) {
      if (!isCurrent || ofSource.get(source) === undefined) return;
      const isDisputed = ({ change }: PageToTake["changes"][number]) =>
        ofRecord.get(source, change.record.id) !== undefined;
      if (changes.some(isDisputed)) isCurrent = false;
    },
    disputesOf: (source, record) => some.all(source, record).map((row) => disputeSchema.parse(row)),
  };
}
