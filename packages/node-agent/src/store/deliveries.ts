import { randomUUID } from "node:crypto";
import type { Durable } from "@xinqiao/runtime/durable";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Deliveries, WantedDelivery } from "../delivery/index.ts";
import { createDeliveryQueue } from "./delivery-queue.ts";
import { createQueueing } from "./delivery-queueing.ts";
import { begun, wantsItem } from "./delivery-rows.ts";
import { createTaken } from "./delivery-taken.ts";

const standingSchema = z.object({
  name: z.string(),
  delivered: z.number(),
  waiting: z.number(),
  dead: z.number(),
  telling: z.number(),
  stale: z.number(),
  takenAt: z.number().nullable(),
});

const deadLetterSchema = z.object({
  source: z.string(),
  record: z.string(),
  item: z.string(),
  version: z.number().nullable(),
  reason: z.string(),
  since: z.number(),
});

/** On triggers of the table of copies (migrations): no way to change a copy leaves it out. */
export function createDeliveries(database: Database, durable: Durable): Deliveries {
  const sql = prepare(database);
  const queueing = createQueueing(database);

  const choose = database.transaction((wanted: readonly WantedDelivery[]) => {
    const isFirst = sql.names.all().length === 0;
    sql.forget.run(JSON.stringify(wanted.map(({ name }) => name)));
    if (wanted.length === 0) {
      sql.forgetChanges.run();
      queueing.end();
    } else if (isFirst) queueing.begin();
    for (const { name, items, target } of wanted) {
      const list = items === "all" ? null : JSON.stringify([...items].sort());
      sql.choose.run({ name, items: list, target, generation: randomUUID() });
    }
  });
  // In the order they had.
  const replay = database.transaction((name: string): number => {
    const dead = sql.dead.all(name).map((row) => deadLetterSchema.parse(row));
    for (const { source, record, item } of dead) {
      const held = sql.changesOf.all(source, record);
      sql.unqueue.run(source, record);
      // That one is gone is forgotten when all have passed it, refused or not.
      const queued = held.length > 0 ? held : [{ item, gone: 1 }];
      for (const change of queued) sql.queue.run(source, record, change.item, change.gone);
    }
    return sql.forgetDead.run(name).changes;
  });
  return {
    choose: (wanted) => choose.immediate(wanted),
    queue: (name) => createDeliveryQueue(database, name),
    standings: () =>
      sql.standings.all().map((row) => {
        const { telling, stale, ...standing } = standingSchema.parse(row);
        return { ...standing, isTelling: telling === 1, keepsStale: stale === 1 };
      }),
    deadLetters: (name) => sql.dead.all(name).map((row) => deadLetterSchema.parse(row)),
    replay: (name) => replay.immediate(name),
    drop: (name) => sql.drop.run(name).changes,
    takenBy: createTaken(database),
    queueSome: queueing.some,
    durable: durable.reached,
  };
}

function prepare(database: Database) {
  return {
    names: database.prepare<[], object>("SELECT 1 FROM delivery"),
    forget: database.prepare<[string]>(
      "DELETE FROM delivery WHERE name NOT IN (SELECT value FROM json_each(?))",
    ),
    forgetChanges: database.prepare("DELETE FROM copy_change"),
    choose: database.prepare(
      `INSERT INTO delivery (name, items, target, generation, n) VALUES (@name, @items, @target, @generation, 0)
       ON CONFLICT (name) DO UPDATE SET items = excluded.items, target = excluded.target, generation = excluded.generation,
         ${begun}
       WHERE excluded.items IS NOT delivery.items OR excluded.target <> delivery.target`,
    ),
    standings: database.prepare(
      `SELECT name, delivered, telling, complete_from IS NOT NULL AS stale, taken_at AS "takenAt",
         (SELECT count(*) FROM copy_change WHERE copy_change.n > delivery.n AND ${wantsItem("copy_change.item")}) AS waiting,
         (SELECT count(*) FROM dead_letter WHERE dead_letter.delivery = name AND dropped = 0) AS dead
       FROM delivery ORDER BY name`,
    ),
    dead: database.prepare<[string]>(
      "SELECT source, record, item, version, reason, since FROM dead_letter WHERE delivery = ? AND dropped = 0 ORDER BY since, source, record",
    ),
    forgetDead: database.prepare<[string]>("DELETE FROM dead_letter WHERE delivery = ? AND dropped = 0"),
    drop: database.prepare<[string]>("UPDATE dead_letter SET dropped = 1 WHERE delivery = ? AND dropped = 0"),
    changesOf: database.prepare<[string, string], { item: string; gone: number }>(
      "SELECT item, gone FROM copy_change WHERE source = ? AND record = ? ORDER BY n",
    ),
    unqueue: database.prepare<[string, string]>("DELETE FROM copy_change WHERE source = ? AND record = ?"),
    queue: database.prepare<[string, string, string, number]>(
      "INSERT INTO copy_change (source, record, item, gone) VALUES (?, ?, ?, ?)",
    ),
  };
}
