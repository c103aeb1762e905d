import type { Database } from "better-sqlite3";
import type { ListedItems, Outbox } from "../sharing/index.ts";
import { isChosen, type RecordQueueing } from "./outbox-queueing.ts";

/** Of which items something waits. @param beginAnew begins another feed, within a transaction */
export function createToldItems(
  database: Database,
  queueing: Pick<RecordQueueing, "begin" | "sweep">,
  beginAnew: (feed: string) => void,
): Pick<Outbox, "choose" | "follow"> {
  const sql = prepare(database);
  const choose = database.transaction((items: readonly string[], feed: string) => {
    sql.chooseNone.run();
    for (const item of items) sql.chooseOne.run(item);
    sql.waitForNone.run();
    sql.keepNone.run();
    beginAnew(feed);
  });
  const follow = database.transaction(({ told, withheld }: Lists, feed: () => string) => {
    const before = sql.withheld.all();
    const mayBeLess =
      withheld.some((item) => !before.includes(item)) ||
      sql.listed.all().some((item) => !told.includes(item));
    const mayBeTold = withheld.filter(
      (item) => !before.includes(item) && sql.anyChosen.get(item) !== undefined,
    );
    sql.withholdNone.run();
    for (const item of withheld) sql.withholdOne.run(item);
    sql.listNone.run();
    for (const item of told) sql.listOne.run(item);
    if (mayBeLess) queueing.sweep();
    for (const item of before.filter((each) => told.includes(each))) queueing.begin(item);
    if (mayBeTold.length > 0 && sql.anyFeed.get() !== undefined) beginAnew(feed());
  });
  return {
    choose(items, feed) {
      const list = items === "all" ? ["*"] : sorted(items);
      if (list.join() !== sql.chosen.all().join()) choose.immediate(list, feed);
    },
    follow(items, feed) {
      const told = sorted(items.told);
      // One that the catalogue lists no more was never told of, and is not to be told of as gone.
      const unlisted = sql.withheld.all().filter((item) => !told.includes(item));
      const withheld = sorted([...items.withheld, ...unlisted]);
      const isSame = told.join() === sql.listed.all().join() && withheld.join() === sql.withheld.all().join();
      if (!isSame) follow.immediate({ told, withheld }, feed);
    },
  };
}

type Lists = { readonly [list in keyof ListedItems]: readonly string[] };

const sorted = (items: readonly string[]) => [...new Set(items)].sort();

function prepare(database: Database) {
  return {
    chosen: database.prepare<[], string>("SELECT item FROM told_item ORDER BY item").pluck(),
    chooseNone: database.prepare("DELETE FROM told_item"),
    chooseOne: database.prepare<[string]>("INSERT INTO told_item VALUES (?)"),
    withheld: database.prepare<[], string>("SELECT item FROM withheld_item ORDER BY item").pluck(),
    withholdNone: database.prepare("DELETE FROM withheld_item"),
    withholdOne: database.prepare<[string]>("INSERT INTO withheld_item VALUES (?)"),
    listed: database.prepare<[], string>("SELECT item FROM listed_item ORDER BY item").pluck(),
    listNone: database.prepare("DELETE FROM listed_item"),
    listOne: database.prepare<[string]>("INSERT INTO listed_item VALUES (?)"),
    anyChosen: database.prepare<[string], object>(
      `SELECT 1 FROM record WHERE item = ? AND ${isChosen} LIMIT 1`,
    ),
    anyFeed: database.prepare<[], object>("SELECT 1 FROM feed"),
    waitForNone: database.prepare("DELETE FROM pending"),
    keepNone: database.prepare("DELETE FROM untold"),
  };
}
