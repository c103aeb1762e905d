import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, subjectKinds } from "@xinqiao/protocol/identity";
import { feedIdSchema, lineHash } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { PageToTake } from "../../sharing/index.ts";
import type { createHubCorrections } from "./sharing-corrections.ts";
import type { GivenOut } from "./sharing-given-out.ts";

const sweptSchema = z.object({
  record: z.string(),
  position: z.number(),
  seq: z.number(),
  givenAt: z.number(),
  feed: feedIdSchema,
  state: z.string(),
  item: itemCodeSchema,
  jurisdiction: jurisdictionSchema,
  kind: z.enum(subjectKinds),
  line: z.string(),
  isLost: z.number(),
  until: z.string().nullable(),
  given: z.string().nullable(),
  givenUntil: z.string().nullable(),
});
type Swept = z.infer<typeof sweptSchema>;

interface SweepingBooks {
  readonly corrections: Pick<ReturnType<typeof createHubCorrections>, "supersede" | "withdraw">;
  readonly givenOut: Pick<GivenOut, "holders">;
  /** Files from before it was noted hold some of which it was not. */
  readonly noteHad: (source: NodeId, record: string) => void;
}

/** Most that are in memory at once. */
const most = 500;

/**
 * What a feed that is whole has not named its source has no more: whoever was given it has to drop it, and is waited for.
 * To be called within the transaction that takes the page.
 */
export function createSweeping(
  database: Database,
  { corrections, givenOut, noteHad }: SweepingBooks,
): (page: PageToTake) => void {
  const sql = prepare(database);

  function withdraw(swept: Swept, page: PageToTake): void {
    const { source } = page;
    const { feed, last } = page.page;
    const waiting = corrections.supersede(source, swept.record, { feed, seq: last });
    // Who was given it has dropped it when it was repaired or withdrawn or has ended, or is waited for until it has.
    if (swept.state === "repaired" || swept.state === "withdrawn") return;
    if (swept.until !== null && swept.until < page.today) return;
    const { item, jurisdiction, kind, record, seq } = swept;
    const shared = { item, jurisdiction, subject: { kind } };
    const isLost = swept.isLost === 1;
    const version = { ...swept, shared: isLost ? { item } : shared, isGone: false };
    const handed = givenOut.holders(version, page.today);
    const given = page.holders({ record: shared, given: handed, isLost });
    const holders = [...new Set([...given, ...waiting])].sort();
    if (holders.length === 0) return;
    const about = { source, record, feed: swept.feed, seq, change: lineHash(swept.line) };
    const openedAt = Math.floor(page.at / 1000);
    corrections.withdraw({ ...about, openedAt, dueOn: page.dueOn(shared), holders }, page);
  }

  return (page) => {
    const { source } = page;
    const { feed } = page.page;
    const behind = (record: string) =>
      sql.behind.all(source, feed, record, most).map((row) => sweptSchema.parse(row));
    for (let some = behind(""); some.length > 0; some = behind(some.at(-1)?.record ?? "")) {
      for (const swept of some) {
        withdraw(swept, page);
        noteHad(source, swept.record);
        sql.dropLine.run(swept.position, swept.seq);
        sql.drop.run(source, swept.record);
      }
    }
  };
}

function prepare(database: Database) {
  return {
    // Of a line that was lost nobody knows who wanted it: whoever may hold the item is waited for.
    behind: database.prepare(
      `SELECT record, position, seq, held.given AS "givenAt", feed, state, held.item, coalesce(jurisdiction, 'unknown') AS jurisdiction,
         coalesce(kind, 'enterprise') AS kind, coalesce(line, '') AS line, change.position IS NULL AS "isLost",
         until, change.given, given_until AS "givenUntil"
       FROM held LEFT JOIN change USING (position, seq)
       WHERE source = ? AND feed <> ? AND record > ? ORDER BY record LIMIT ?`,
    ),
    dropLine: database.prepare("DELETE FROM change WHERE position = ? AND seq = ?"),
    drop: database.prepare("DELETE FROM held WHERE source = ? AND record = ?"),
  };
}
