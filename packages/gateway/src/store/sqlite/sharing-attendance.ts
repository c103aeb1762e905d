import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { feedIdSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Attendance } from "../../sharing/index.ts";

const flag = z.number().transform((is) => is === 1);
const sourceSchema = z.object({
  source: nodeIdSchema,
  feed: feedIdSchema,
  upTo: z.number(),
  isWhole: flag,
  at: z.number(),
});
const subscriberSchema = z.object({
  node: nodeIdSchema,
  position: z.number(),
  behind: z.number(),
  changesBehind: z.number(),
  behindSince: z.number().nullable(),
  seenAt: z.number(),
  isLapsed: flag,
});
const absentSchema = subscriberSchema.pick({ node: true, position: true, seenAt: true });

/** Pages that a reader is behind: more say no more. */
const mostCounted = 10_000;

export function createHubAttendance(database: Database): Attendance {
  const newest = database.prepare<[], number>("SELECT coalesce(max(position), 0) FROM page").pluck();
  const sources = database.prepare(
    `SELECT node AS source, source.feed, up_to AS "upTo", coalesce(whole = source.feed, 0) AS "isWhole", page.at
     FROM source JOIN page ON page.source = node AND page.feed = source.feed AND page.last = up_to ORDER BY node`,
  );
  const subscribers = database.prepare(
    `SELECT node, applied AS position,
       (SELECT count(*) FROM (SELECT 1 FROM page WHERE page.position > applied LIMIT ${mostCounted})) AS behind,
       (SELECT coalesce(sum(told), 0) FROM (SELECT last - from_seq + 1 AS told FROM page
          WHERE page.position > applied ORDER BY page.position LIMIT ${mostCounted})) AS "changesBehind",
       (SELECT at FROM page WHERE page.position > applied ORDER BY page.position LIMIT 1) AS "behindSince",
       at AS "seenAt", lapsed AS "isLapsed" FROM subscriber ORDER BY node`,
  );
  const see = database.prepare(
    "UPDATE subscriber SET applied = @position, at = @at, lapsed = 0, excused = 0 WHERE node = @node",
  );
  const absent = database.prepare(
    `SELECT node, position, at AS "seenAt" FROM subscriber WHERE at + excused < ? AND NOT lapsed ORDER BY node`,
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
      return {
        newest: at,
        sources: sources.all().map((row) => sourceSchema.parse(row)),
        subscribers: subscribers.all().map((row) => subscriberSchema.parse(row)),
      };
    },
    seen: ({ node, position }, at) => void see.run({ node, position, at }),
    absentSince: (before) => absent.all(before).map((row) => absentSchema.parse(row)),
    cameBack: (now) => void excuse.run({ now }),
    setLapsed: ({ node, seenAt }) => void lapse.run(node, seenAt),
  };
}
