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
const missingSchema = z.object({
  node: nodeIdSchema,
  source: nodeIdSchema,
  behind: z.number(),
  since: z.number(),
});
type Missing = z.infer<typeof missingSchema>;
const absentSchema = readerSchema.pick({ node: true, position: true, seenAt: true });

/** Of a subscriber: it has not left. Who wants nothing any more drops all that it held with its first question, and reads no more. */
const wantsAny = "subscription ->> '$.items' <> '[]'";

/** Of a subscriber: it is not away, and has not left. */
export const isReader = `NOT lapsed AND ${wantsAny}`;

/** Pages that a reader is behind: more say no more. */
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
  // Pages up to where it asked last of which there is no receipt. A feed that was replaced is nobody's to read any more.
  // Nearly everyone has given one for the newest page, and is not looked at any further. Pages come one after the other: the
  // first is the oldest.
  const missing = database.prepare(
    `SELECT lacking.node, lacking.source, behind, page.at AS since FROM (
       SELECT subscriber.node, source.node AS source, count(*) AS behind, min(page.position) AS first
       FROM subscriber CROSS JOIN source
         LEFT JOIN receipt INDEXED BY receipt_place ON receipt.holder = subscriber.node AND receipt.source = source.node
         LEFT JOIN page AS told ON told.source = source.node AND told.feed = receipt.feed AND told.last = receipt.up_to
         CROSS JOIN page INDEXED BY page_kept_of ON page.source = source.node AND page.feed = source.feed
           AND page.head <> '' AND page.position > coalesce(told.position, 0) AND page.position <= subscriber.applied
       WHERE ${wantsAny} AND (receipt.feed, receipt.up_to) IS NOT (source.feed, source.up_to)
       GROUP BY subscriber.node, source.node)
     AS lacking JOIN page ON position = first ORDER BY lacking.source`,
  );
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
      const lacking = missing.all().map((row) => missingSchema.parse(row));
      return {
        newest: at,
        sources: sources.all().map((row) => sourceSchema.parse(row)),
        subscribers: readers.all().map((row) => {
          const reader = readerSchema.parse(row);
          return withMissing({ ...reader, ...behindOf(reader.position) }, lacking);
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
  lacking: readonly Missing[],
): SharingStanding["subscribers"][number] {
  const missing = lacking.filter(({ node }) => node === reader.node);
  const instants = [reader.behindSince, ...missing.map(({ since }) => since)].filter((at) => at !== null);
  return {
    ...reader,
    behind: missing.reduce((sum, { behind }) => sum + behind, reader.behind),
    behindSince: instants.length === 0 ? null : Math.min(...instants),
    missing: missing.map(({ source }) => source),
  };
}
