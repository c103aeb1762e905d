import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Attendance, SharingStanding } from "../../sharing/index.ts";

const flag = z.number().transform((is) => is === 1);
const sourceSchema = z.object({
  source: nodeIdSchema,
  feed: feedIdSchema,
  upTo: z.number(),
  isWhole: flag,
  at: z.number(),
});
const readerSchema = z.object({
  node: nodeIdSchema,
  position: z.number(),
  seenAt: z.number(),
  isLapsed: flag,
});
type Reader = z.infer<typeof readerSchema>;
const behindSchema = z.object({
  behind: z.number(),
  changesBehind: z.number(),
  behindSince: z.number().nullable(),
});
type Behind = z.infer<typeof behindSchema>;
const lackingSchema = z.object({
  node: nodeIdSchema,
  source: nodeIdSchema,
  feed: z.string(),
  told: z.number(),
  applied: z.number(),
  since: z.number(),
});
type Lacking = z.infer<typeof lackingSchema>;
const absentSchema = readerSchema.pick({ node: true, position: true, seenAt: true });

/** Of a subscriber: it has not left. Who wants nothing any more drops all that it held with its first question, and reads no more. */
const wantsAny = "subscription ->> '$.items' <> '[]'";

/** Of a subscriber: it is not away, and has not left. */
export const isReader = `NOT lapsed AND ${wantsAny}`;

/** Pages that a reader has not applied, and as many without its receipt: more say no more. */
const mostCounted = 10_000;

export function createHubAttendance(database: Database): Attendance {
  const newest = database.prepare<[], number>("SELECT coalesce(max(position), 0) FROM page").pluck();
  const sources = database.prepare(
    `SELECT node AS source, source.feed, up_to AS "upTo", coalesce(whole = source.feed, 0) AS "isWhole", page.at
     FROM source JOIN page ON page.source = node AND page.feed = source.feed AND page.last = up_to ORDER BY node`,
  );
  const whole = database.prepare("SELECT 1 FROM source WHERE node = ? AND whole = feed");
  const readers = database.prepare(
    `SELECT node, applied AS position, at AS "seenAt", lapsed AS "isLapsed" FROM subscriber
     WHERE ${wantsAny} ORDER BY node`,
  );
  const behind = database.prepare(
    `SELECT count(*) AS behind, coalesce(sum(told), 0) AS "changesBehind",
       (SELECT at FROM page WHERE position > @position ORDER BY position LIMIT 1) AS "behindSince"
     FROM (SELECT last - from_seq + 1 AS told FROM page INDEXED BY page_lengths
       WHERE position > @position ORDER BY position LIMIT ${mostCounted})`,
  );
  // Who has pages up to where it asked last of which there is no receipt. A feed that was replaced is nobody's to read any
  // more. Nearly everyone has given one for the newest page, and is not looked at any further.
  const lacking = database.prepare(
    `SELECT subscriber.node, source.node AS source, source.feed, coalesce(told.position, 0) AS told, applied,
       (SELECT at FROM page INDEXED BY page_kept_of WHERE page.source = source.node AND page.feed = source.feed
         AND page.head <> '' AND page.position > coalesce(told.position, 0) AND page.position <= subscriber.applied
         ORDER BY position LIMIT 1) AS since
     FROM subscriber CROSS JOIN source
       LEFT JOIN receipt INDEXED BY receipt_place ON receipt.holder = subscriber.node AND receipt.source = source.node
       LEFT JOIN page AS told ON told.source = source.node AND told.feed = receipt.feed AND told.last = receipt.up_to
     WHERE ${wantsAny} AND (receipt.feed, receipt.up_to) IS NOT (source.feed, source.up_to) AND since IS NOT NULL
     ORDER BY source.node`,
  );
  const missing = database
    .prepare<[Lacking & { readonly limit: number }], number>(
      `SELECT count(*) FROM (SELECT 1 FROM page INDEXED BY page_kept_of WHERE source = @source AND feed = @feed
         AND head <> '' AND position > @told AND position <= @applied LIMIT @limit)`,
    )
    .pluck();
  const see = database.prepare(
    "UPDATE subscriber SET applied = @position, at = @at, lapsed = 0, excused = 0 WHERE node = @node",
  );
  const absent = database.prepare(
    `SELECT node, position, at AS "seenAt" FROM subscriber WHERE at + excused < ? AND NOT lapsed
       AND (${wantsAny} OR EXISTS (SELECT 1 FROM correction_holder
         WHERE correction_holder.node = subscriber.node AND receipt IS NULL AND gone = 0)) ORDER BY node`,
  );
  const excuse = database.prepare(
    `UPDATE subscriber SET excused = max(0, min(@now - at, excused + @now - max(
       (SELECT max(at) FROM subscriber),
       coalesce((SELECT at FROM page ORDER BY position DESC LIMIT 1), 0))))`,
  );
  const lapse = database.prepare("UPDATE subscriber SET lapsed = 1 WHERE node = ? AND at = ?");
  return {
    standing() {
      const at = newest.get() ?? 0;
      const behindOf = createKnownBehind((position) => behindSchema.parse(behind.get({ position })));
      const all = Map.groupBy(
        lacking.all().map((row) => lackingSchema.parse(row)),
        ({ node }) => node,
      );
      const count = (of: Lacking, limit: number) => missing.get({ ...of, limit }) ?? 0;
      return {
        newest: at,
        sources: sources.all().map((row) => sourceSchema.parse(row)),
        subscribers: readers.all().map((row) => {
          const reader = readerSchema.parse(row);
          const of = all.get(reader.node) ?? [];
          return withMissing({ ...reader, ...behindOf(reader.position) }, of, count);
        }),
      };
    },
    isWhole: (source) => whole.get(source) !== undefined,
    seen: ({ node, position }, at) => void see.run({ node, position, at }),
    absentSince: (before) => absent.all(before).map((row) => absentSchema.parse(row)),
    cameBack: (now) => void excuse.run({ now }),
    setLapsed: ({ node, seenAt }) => void lapse.run(node, seenAt),
  };
}

/** Most readers are at the same few places. */
function createKnownBehind(look: (position: number) => Behind): (position: number) => Behind {
  const known = new Map<number, Behind>();
  return (position) => {
    const found = known.get(position) ?? look(position);
    known.set(position, found);
    return found;
  };
}

/** One that has asked behind a page without a receipt for it could not take it. */
function withMissing(
  reader: Reader & Behind,
  lacking: readonly Lacking[],
  count: (of: Lacking, limit: number) => number,
): SharingStanding["subscribers"][number] {
  let missing = 0;
  for (const each of lacking) if (missing < mostCounted) missing += count(each, mostCounted - missing);
  const instants = [reader.behindSince, ...lacking.map(({ since }) => since)].filter((at) => at !== null);
  return {
    ...reader,
    behind: reader.behind + missing,
    behindSince: instants.length === 0 ? null : Math.min(...instants),
    missing: lacking.map(({ source }) => source),
  };
}
