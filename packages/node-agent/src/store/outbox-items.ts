import type { Database } from "better-sqlite3";
import type { Outbox } from "../sharing/index.ts";

export const isChosen = "EXISTS (SELECT 1 FROM told_item WHERE told_item.item IN (record.item, '*'))";

/** Nobody holds any of an item that is withheld: nothing of it waits, so that nobody goes through it for what does. */
export const isWithheld = "EXISTS (SELECT 1 FROM withheld_item WHERE withheld_item.item = record.item)";

/** Of which items something waits. @param beginAnew begins another feed, within a transaction */
export function createToldItems(
  database: Database,
  beginAnew: (feed: string) => void,
): Pick<Outbox, "choose" | "withhold"> {
  const sql = prepare(database);
  const choose = database.transaction((items: readonly string[], feed: string) => {
    sql.chooseNone.run();
    for (const item of items) sql.chooseOne.run(item);
    sql.waitForNone.run();
    beginAnew(feed);
  });
  const withhold = database.transaction((items: readonly string[], feed: () => string) => {
    const before = sql.withheld.all();
    const mayBeTold = items.filter((item) => !before.includes(item) && sql.anyChosen.get(item) !== undefined);
    sql.withholdNone.run();
    for (const item of items) sql.withholdOne.run(item);
    sql.dropWithheld.run();
    const free = before.filter((item) => !items.includes(item));
    const waiting = free.reduce((sum, item) => sum + sql.tellOf.run(item).changes, 0);
    // A feed that has not told all yet has these to tell before it has.
    if (waiting > 0) sql.remark.run();
    if (mayBeTold.length > 0 && sql.anyFeed.get() !== undefined) beginAnew(feed());
  });
  return {
    choose(items, feed) {
      const list = items === "all" ? ["*"] : [...new Set<string>(items)].sort();
      if (list.join() !== sql.chosen.all().join()) choose.immediate(list, feed);
    },
    withhold(items, feed) {
      const list = [...new Set<string>(items)].sort();
      if (list.join() !== sql.withheld.all().join()) withhold.immediate(list, feed);
    },
  };
}

function prepare(database: Database) {
  return {
    chosen: database.prepare<[], string>("SELECT item FROM told_item ORDER BY item").pluck(),
    chooseNone: database.prepare("DELETE FROM told_item"),
    chooseOne: database.prepare<[string]>("INSERT INTO told_item VALUES (?)"),
    withheld: database.prepare<[], string>("SELECT item FROM withheld_item ORDER BY item").pluck(),
    withholdNone: database.prepare("DELETE FROM withheld_item"),
    withholdOne: database.prepare<[string]>("INSERT INTO withheld_item VALUES (?)"),
    anyChosen: database.prepare<[string], object>(
      `SELECT 1 FROM record WHERE item = ? AND ${isChosen} LIMIT 1`,
    ),
    anyFeed: database.prepare<[], object>("SELECT 1 FROM feed"),
    waitForNone: database.prepare("DELETE FROM pending"),
    dropWithheld: database.prepare(
      `DELETE FROM pending WHERE EXISTS (SELECT 1 FROM record WHERE id = pending.record AND ${isWithheld})`,
    ),
    tellOf: database.prepare<[string]>(
      `INSERT INTO pending (record) SELECT id FROM record WHERE item = ? AND ${isChosen}
       ORDER BY rowid ON CONFLICT DO NOTHING`,
    ),
    remark: database.prepare("UPDATE feed SET mark = (SELECT coalesce(max(n), 0) FROM pending)"),
  };
}
