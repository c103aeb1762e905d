import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { changeSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import type { Hub } from "../../sharing/index.ts";

/** What sources have told, as it is looked up. */
export function createHubCopy(database: Database): Pick<Hub, "told"> {
  const newest = database
    .prepare<[string], number>(
      `SELECT page.at FROM source JOIN page
       ON page.source = source.node AND page.feed = source.feed AND page.last = source.up_to
       WHERE source.node = ?`,
    )
    .pluck();
  const lines = database
    .prepare<[string, string, string, string], string | null>(
      `SELECT line FROM held JOIN change USING (position, seq)
       WHERE held.scheme = ? AND held.subject = ? AND held.item IN (SELECT value FROM json_each(?)) AND held.source = ?`,
    )
    .pluck();
  // A record's id begins with its item: one seek for each.
  const items = database
    .prepare<[string, string], string>(
      `SELECT value FROM json_each(?) WHERE EXISTS (
         SELECT 1 FROM held WHERE source = ? AND record >= value || ':' AND record < value || ';')`,
    )
    .pluck();
  return {
    told(source, { scheme, id }, asked) {
      const at = newest.get(source);
      if (at === undefined) return undefined;
      const list = JSON.stringify(asked);
      const records = lines
        .all(scheme, id, list, source)
        .flatMap((line) => (line === null ? [] : [changeSchema.parse(JSON.parse(line)).record]));
      return { records, items: items.all(list, source).map((item) => itemCodeSchema.parse(item)), at };
    },
  };
}
