import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { recordSchema } from "@xinqiao/protocol/record";
import { feedPlaceSchema, mostRefused, refusedChangesSchema } from "@xinqiao/protocol/sync";
import type { Durable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Inbox, Taken } from "../sharing/index.ts";
import { createDisputes } from "./disputes.ts";
import { createReading } from "./reading.ts";

const appliedSchema = feedPlaceSchema.extend({ source: nodeIdSchema, refused: z.string() });
const copySchema = z.object({ source: nodeIdSchema, content: z.string() });

export function createInbox(database: Database, durable: Durable): Inbox {
  const sql = prepare(database);
  const reading = createReading(database);
  const disputes = createDisputes(database);

  const take = database.transaction((taken: Taken) => {
    const { source, place: at, since, changes, unwanted, refused, complete } = taken;
    const round = reading.round();
    for (const { seq, record } of changes) {
      const { scheme, id: subject } = record.subject;
      const { id, item, state } = record;
      const content = JSON.stringify(record);
      const until = record.disclosedUntil ?? null;
      sql.put.run(source, id, at.feed, seq, item, scheme, subject, state, content, round, until);
    }
    for (const id of unwanted) sql.drop.run(source, id);
    const whole = sql.whole.get(source) ?? null;
    if (complete && whole !== at.feed) {
      sql.sweep.run(source, at.feed);
      // What comes of an older feed brings nothing back: that it was one is all there is to know of it.
      sql.forgetPages.run({ source, feed: at.feed });
    }
    sql.note.run(source, at.feed, at.head);
    // A receipt says of all that was taken since the one before what was not.
    const unsaid = refusedChangesSchema.parse(JSON.parse(sql.unsaid.get(source, at.feed) ?? "[]"));
    const all = [...unsaid, ...refused].slice(0, mostRefused);
    const { position, head } = since;
    const place = { position, since: head, whole: complete ? at.feed : whole };
    sql.follow.run({ source, ...at, refused: JSON.stringify(all), ...place });
  });
  return {
    past: (source) => ({
      place: feedPlaceSchema.optional().parse(sql.place.get(source)),
      took: ({ feed, hash }) => sql.took.get(source, feed, hash) !== undefined,
      knows: (feed) => sql.knows.get(source, feed) !== undefined,
    }),
    take: (taken) => take.immediate(taken),
    ...reading.port,
    ...disputes.port,
    untold: () =>
      sql.untold.all().map((row) => {
        const { source, refused, ...at } = appliedSchema.parse(row);
        return { source, place: at, refused: refusedChangesSchema.parse(JSON.parse(refused)) };
      }),
    told(applied) {
      for (const { source, place: at } of applied) sql.tell.run(source, at.feed, at.upTo);
    },
    forgetEnded: (today) => sql.ended.run(today).changes,
    durable: durable.reached,
    of: ({ scheme, id }, items) =>
      sql.find.all(scheme, id, JSON.stringify(items)).map((row) => {
        const { source, content } = copySchema.parse(row);
        const record = recordSchema.parse(JSON.parse(content));
        const known = disputes.of(source, record.id);
        return { source, record, ...(known.length > 0 && { disputes: known }) };
      }),
  };
}

export const endedSql = "DELETE FROM copy WHERE until < ?";

function prepare(database: Database) {
  return {
    place: database.prepare('SELECT feed, up_to AS "upTo", head FROM followed WHERE source = ?'),
    took: database.prepare("SELECT 1 FROM followed_page WHERE source = ? AND feed = ? AND hash = ?"),
    knows: database.prepare("SELECT 1 FROM followed_page WHERE source = ? AND feed = ? LIMIT 1"),
    // Of two versions the later in the feed counts, however often either comes; another feed begins another count, and
    // so does another reading.
    put: database.prepare(
      `INSERT INTO copy (source, record, feed, seq, item, scheme, subject, state, content, round, until)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (source, record) DO UPDATE SET feed = excluded.feed, seq = excluded.seq, item = excluded.item,
         scheme = excluded.scheme, subject = excluded.subject, state = excluded.state, content = excluded.content,
         round = excluded.round, until = excluded.until
       WHERE excluded.feed <> copy.feed OR excluded.seq > copy.seq OR excluded.round > copy.round`,
    ),
    ended: database.prepare(endedSql),
    drop: database.prepare("DELETE FROM copy WHERE source = ? AND record = ?"),
    whole: database.prepare<[string], string | null>("SELECT whole FROM followed WHERE source = ?").pluck(),
    sweep: database.prepare("DELETE FROM copy WHERE source = ? AND feed <> ?"),
    forgetPages: database.prepare(
      `DELETE FROM followed_page AS page WHERE source = @source AND feed <> @feed
         AND hash > (SELECT min(hash) FROM followed_page WHERE source = @source AND feed = page.feed)`,
    ),
    note: database.prepare(
      "INSERT INTO followed_page (source, feed, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    follow: database.prepare(
      `INSERT OR REPLACE INTO followed (source, feed, up_to, head, refused, told, since, since_head, whole)
       VALUES (@source, @feed, @upTo, @head, @refused, 0, @position, @since, @whole)`,
    ),
    // While all is read again, what is still held from before may be older than what a receipt would say.
    untold: database.prepare(
      `SELECT source, feed, up_to AS "upTo", head, refused FROM followed
       WHERE told = 0 AND NOT EXISTS (SELECT 1 FROM reading WHERE dropping = 1)
         AND source NOT IN (SELECT source FROM undropped) LIMIT 100`,
    ),
    unsaid: database
      .prepare<[string, string], string>(
        "SELECT refused FROM followed WHERE source = ? AND feed = ? AND told = 0",
      )
      .pluck(),
    tell: database.prepare("UPDATE followed SET told = 1 WHERE source = ? AND feed = ? AND up_to = ?"),
    find: database.prepare(
      `SELECT source, content FROM copy
       WHERE scheme = ? AND subject = ? AND item IN (SELECT value FROM json_each(?))`,
    ),
  };
}
