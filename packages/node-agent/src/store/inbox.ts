import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { recordSchema } from "@xinqiao/protocol/record";
import { feedIdSchema, refusedChangesSchema } from "@xinqiao/protocol/sync";
import type { Durable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Inbox, Taken } from "../sharing/index.ts";

const placeSchema = z.object({ feed: feedIdSchema, upTo: z.number(), head: z.string() });
const appliedSchema = placeSchema.extend({ source: nodeIdSchema, refused: z.string() });
const copySchema = z.object({ source: nodeIdSchema, content: z.string() });

export function createInbox(database: Database, durable: Durable): Inbox {
  const place = database.prepare('SELECT feed, up_to AS "upTo", head FROM followed WHERE source = ?');
  // Of two versions the later in the feed counts, however often either comes; another feed begins another count.
  const put = database.prepare(
    `INSERT INTO copy (source, record, feed, seq, item, scheme, subject, state, content)
     VALUES (@source, @record, @feed, @seq, @item, @scheme, @subject, @state, @content)
     ON CONFLICT (source, record) DO UPDATE SET feed = excluded.feed, seq = excluded.seq, item = excluded.item,
       scheme = excluded.scheme, subject = excluded.subject, state = excluded.state, content = excluded.content
     WHERE excluded.feed <> copy.feed OR excluded.seq > copy.seq`,
  );
  const sweep = database.prepare("DELETE FROM copy WHERE source = ? AND feed <> ?");
  const follow = database.prepare(
    `INSERT INTO followed (source, feed, up_to, head, refused, told) VALUES (@source, @feed, @upTo, @head, @refused, 0)
     ON CONFLICT (source) DO UPDATE SET feed = excluded.feed, up_to = excluded.up_to, head = excluded.head,
       refused = excluded.refused, told = 0`,
  );
  const untold = database.prepare(
    'SELECT source, feed, up_to AS "upTo", head, refused FROM followed WHERE told = 0 LIMIT 100',
  );
  const tell = database.prepare("UPDATE followed SET told = 1 WHERE source = ? AND feed = ? AND up_to = ?");
  const reading = database.prepare<[], { position: number; scope: string }>(
    "SELECT position, scope FROM reading",
  );
  const begin = database.prepare("INSERT OR REPLACE INTO reading (one, position, scope) VALUES (1, 0, ?)");
  const move = database.prepare("UPDATE reading SET position = ?");
  const dropAll = database.prepare("DELETE FROM copy");
  const dropPlaces = database.prepare("DELETE FROM followed");
  const find = database.prepare(
    `SELECT source, content FROM copy
     WHERE scheme = ? AND subject = ? AND item IN (SELECT value FROM json_each(?))`,
  );

  const take = database.transaction(({ source, place: at, changes, refused, complete }: Taken) => {
    for (const { seq, record } of changes) {
      const { scheme, id: subject } = record.subject;
      const { id, item, state } = record;
      const content = JSON.stringify(record);
      put.run({ source, record: id, feed: at.feed, seq, item, scheme, subject, state, content });
    }
    if (complete) sweep.run(source, at.feed);
    follow.run({ source, ...at, refused: JSON.stringify(refused) });
  });
  const beginAnew = database.transaction((scope: string) => {
    dropAll.run();
    dropPlaces.run();
    begin.run(scope);
  });
  return {
    place: (source) => placeSchema.optional().parse(place.get(source)),
    take: (taken) => take.immediate(taken),
    position(scope) {
      const held = reading.get();
      if (held?.scope === scope) return held.position;
      beginAnew.immediate(scope);
      return 0;
    },
    readTo: (position) => void move.run(position),
    untold: () =>
      untold.all().map((row) => {
        const { source, refused, ...at } = appliedSchema.parse(row);
        return { source, place: at, refused: refusedChangesSchema.parse(JSON.parse(refused)) };
      }),
    told(applied) {
      for (const { source, place: at } of applied) tell.run(source, at.feed, at.upTo);
    },
    durable: durable.reached,
    of: ({ scheme, id }, items) =>
      find.all(scheme, id, JSON.stringify(items)).map((row) => {
        const { source, content } = copySchema.parse(row);
        return { source, record: recordSchema.parse(JSON.parse(content)) };
      }),
  };
}
