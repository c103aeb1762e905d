import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { subscriptionSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Inbox, MissedPage, Position, ReadingScope } from "../sharing/index.ts";

const readingSchema = z.object({
  position: z.number(),
  head: z.string().nullable(),
  scope: z.string(),
  seen: z.string().nullable(),
  round: z.number(),
  dropping: z.number(),
  retoldAt: z.number(),
  again: z.number(),
  wholeAt: z.number().nullable(),
});
type Reading = z.infer<typeof readingSchema>;

const scopeSchema = subscriptionSchema.extend({ items: z.array(itemCodeSchema) });

const missedSchema = z.object({
  source: z.string(),
  forked: z.number(),
  position: z.number(),
  head: z.string().nullable(),
});

/** Between two attempts at pages that could not be taken: a registry may have come too late, or a source have begun anew. */
const missedAgainMs = 5 * 60_000;
/** How often all receipts are given once more: the gateway may have been put back to before it had them. */
const retellEveryMs = 3_600_000;

type ReadingPort = Pick<
  Inbox,
  "position" | "isSeenAs" | "readTo" | "missed" | "goBack" | "readAnew" | "standing"
>;

/** How far the gateway's pages were read, and when they have to be read again. */
export function createReading(database: Database) {
  const sql = prepare(database);
  const { current, beginAnew, readMissed } = createAnew(sql);

  const position = database.transaction((scope: ReadingScope, now: number): Position => {
    const text = JSON.stringify(scope);
    if (current()?.scope !== text) {
      const { jurisdictions, subjectKinds, items } = scope;
      const [places, kinds] = [jurisdictions, subjectKinds].map((some) =>
        some === "all" ? null : JSON.stringify(some),
      );
      sql.dropOutside.run({ items: JSON.stringify(items), places, kinds });
      beginAnew(text);
    }
    if (current()?.again === 1) beginAnew(text);
    if (sql.isMissedDue.get(now) !== undefined) readMissed();
    if ((current()?.retoldAt ?? 0) <= now - retellEveryMs) {
      sql.untellAll.run();
      sql.retold.run(now);
    }
    const { position = 0, head = null } = current() ?? {};
    return { position, head };
  });
  const isSeenAs = database.transaction((seen: string): boolean => {
    const held = current();
    const same = held === undefined || held.seen === null || held.seen === seen;
    if (held !== undefined && !same) beginAnew(held.scope);
    sql.see.run(seen);
    return same;
  });
  const readTo = database.transaction((to: Position, all: boolean, now: number) => {
    sql.move.run(to);
    if (!all) return;
    sql.whole.run(now);
    dropOlder(sql, current());
  });
  const missed = database.transaction((pages: readonly MissedPage[], now: number) => {
    for (const { source, forked } of pages) sql.miss.run(source, Number(forked), now + missedAgainMs);
  });
  const goBack = database.transaction(() => {
    sql.untellAll.run();
    sql.move.run({ position: 0, head: null });
  });
  const port: ReadingPort = {
    position: (scope, now) => position.immediate(scope, now),
    isSeenAs: (scope) => isSeenAs.immediate(scope),
    readTo: (to, all, now) => readTo.immediate(to, all, now),
    missed: (pages, now) => missed.immediate(pages, now),
    goBack: () => goBack.immediate(),
    readAnew: () => void sql.again.run(),
    standing: () => standingOf(current()),
  };
  return { port, round: () => current()?.round ?? 0 };
}

/** What is read again: all of it, or of some sources. */
function createAnew(sql: ReturnType<typeof prepare>) {
  const current = () => readingSchema.optional().parse(sql.reading.get());

  function beginAnew(scope: string): void {
    sql.dropPlaces.run();
    sql.dropPages.run();
    sql.dropMissed.run();
    sql.dropOwed.run();
    sql.begin.run(scope);
  }

  /** What is held of it stays until it has come again or has not: it would pass for one that nothing is told of. */
  function followAnew(source: string): void {
    for (const forget of sql.forget) forget.run(source);
    sql.outdate.run(source);
    sql.oweOf.run(source);
  }

  /** The place that all that was missed comes behind. */
  function readMissed(): void {
    const missed = sql.missed.all().map((row) => missedSchema.parse(row));
    let least: Position | undefined;
    for (const { source, forked, ...since } of missed) {
      if (forked === 1) followAnew(source);
      const from = forked === 1 ? { position: 0, head: null } : since;
      if (least === undefined || from.position < least.position) least = from;
    }
    sql.dropMissed.run();
    const held = current();
    if (least !== undefined && held !== undefined && least.position < held.position) sql.move.run(least);
  }
  return { current, beginAnew, readMissed };
}

/** All was read: what did not come again is over. Of a source that was missed that is not known before it was read, too. */
function dropOlder(sql: ReturnType<typeof prepare>, reading: Reading | undefined): void {
  if (reading?.dropping === 1) {
    sql.owe.run(reading.round);
    sql.dropOlder.run(reading.round);
    sql.dropped.run();
  }
  for (const { source, round } of sql.owed.all()) {
    sql.dropOlderOf.run(source, round);
    sql.paid.run(source);
  }
}

function standingOf(reading: Reading | undefined): ReturnType<Inbox["standing"]> {
  if (reading === undefined) return { position: 0, isReadAnew: false };
  const { position, dropping, again, wholeAt } = reading;
  const scope = scopeSchema.parse(JSON.parse(reading.scope));
  return { position, isReadAnew: dropping === 1 || again === 1, scope, wholeAt: wholeAt ?? undefined };
}

function prepare(database: Database) {
  return {
    reading: database.prepare(
      'SELECT position, head, scope, seen, round, dropping, retold_at AS "retoldAt", again, whole_at AS "wholeAt" FROM reading',
    ),
    begin: database.prepare(
      `INSERT INTO reading (one, position, head, scope, seen, round, dropping, retold_at) VALUES (1, 0, NULL, ?, NULL, 1, 0, 0)
       ON CONFLICT (one) DO UPDATE SET position = 0, head = NULL, scope = excluded.scope, seen = NULL, round = round + 1,
         dropping = 1, again = 0`,
    ),
    move: database.prepare("UPDATE reading SET position = @position, head = @head"),
    whole: database.prepare("UPDATE reading SET whole_at = ? WHERE NOT EXISTS (SELECT 1 FROM missed)"),
    again: database.prepare("UPDATE reading SET again = 1"),
    see: database.prepare("UPDATE reading SET seen = ?"),
    retold: database.prepare("UPDATE reading SET retold_at = ?"),
    dropped: database.prepare("UPDATE reading SET dropping = 0"),
    dropOlder: database.prepare(
      "DELETE FROM copy WHERE round < ? AND source NOT IN (SELECT source FROM missed)",
    ),
    owe: database.prepare(
      "INSERT INTO undropped SELECT source, ? FROM missed WHERE true ON CONFLICT DO UPDATE SET round = excluded.round",
    ),
    oweOf: database.prepare(
      "INSERT INTO undropped SELECT ?, round FROM reading WHERE true ON CONFLICT DO UPDATE SET round = excluded.round",
    ),
    outdate: database.prepare("UPDATE copy SET round = 0 WHERE source = ?"),
    owed: database.prepare<[], { source: string; round: number }>(
      "SELECT source, round FROM undropped WHERE source NOT IN (SELECT source FROM missed)",
    ),
    dropOlderOf: database.prepare("DELETE FROM copy WHERE source = ? AND round < ?"),
    paid: database.prepare("DELETE FROM undropped WHERE source = ?"),
    dropOwed: database.prepare("DELETE FROM undropped"),
    dropOutside: database.prepare(
      `DELETE FROM copy WHERE item NOT IN (SELECT value FROM json_each(@items))
       OR (@places IS NOT NULL AND content ->> '$.jurisdiction' NOT IN (SELECT value FROM json_each(@places)))
       OR (@kinds IS NOT NULL AND content ->> '$.subject.kind' NOT IN (SELECT value FROM json_each(@kinds)))`,
    ),
    dropPlaces: database.prepare("DELETE FROM followed"),
    dropPages: database.prepare("DELETE FROM followed_page"),
    dropMissed: database.prepare("DELETE FROM missed"),
    untellAll: database.prepare("UPDATE followed SET told = 0"),
    miss: database.prepare(
      `INSERT INTO missed (source, forked, again_at) VALUES (?, ?, ?)
       ON CONFLICT (source) DO UPDATE SET forked = max(forked, excluded.forked)`,
    ),
    isMissedDue: database.prepare("SELECT 1 FROM missed WHERE again_at <= ? LIMIT 1"),
    missed: database.prepare(
      `SELECT missed.source, forked, coalesce(since, 0) AS position, since_head AS head
       FROM missed LEFT JOIN followed USING (source)`,
    ),
    forget: ["followed", "followed_page"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE source = ?`),
    ),
  };
}
