import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { changeSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { ToldRecords } from "../../screening/index.ts";
import type { Hub } from "../../sharing/index.ts";
import { createHubDisputes } from "./sharing-disputes.ts";

const tellerSchema = z.object({ node: nodeIdSchema, at: z.number() });
const lineSchema = z.object({ source: nodeIdSchema, line: z.string() });

/** What sources have told, as it is looked up. */
export function createHubCopy(database: Database): Pick<Hub, "told" | "readTogether"> & ToldRecords {
  const { disputesOf } = createHubDisputes(database);
  const newest = database
    .prepare<[string], number>(
      `SELECT page.at FROM source JOIN page
       ON page.source = source.node AND page.feed = source.feed AND page.last = source.up_to
       WHERE source.node = ? AND source.whole = source.feed`,
    )
    .pluck();
  const lines = database
    .prepare<[string, string, string, string], string | null>(
      `SELECT line FROM held JOIN change USING (position, seq)
       WHERE held.scheme = ? AND held.subject = ? AND held.item IN (SELECT value FROM json_each(?)) AND held.source = ?`,
    )
    .pluck();
  const tellers = database.prepare(
    `SELECT node, page.at FROM source JOIN page
     ON page.source = source.node AND page.feed = source.feed AND page.last = source.up_to
     WHERE source.whole = source.feed ORDER BY node`,
  );
  const about = database.prepare(
    `SELECT held.source, line FROM held JOIN change USING (position, seq)
     WHERE held.scheme = ? AND held.subject = ? AND held.item IN (SELECT value FROM json_each(?))
       AND line IS NOT NULL`,
  );
  const stands = database.prepare(
    "SELECT 1 FROM held WHERE source = ? AND record = ? AND version = ? AND state = ?",
  );
  // A record's id begins with its item: one seek for each. Of another feed there is only what is gone for good.
  const items = database
    .prepare<[string, string], string>(
      `SELECT value FROM json_each(?), source WHERE node = ? AND EXISTS (
         SELECT 1 FROM held
         WHERE held.source = node AND held.feed = source.feed AND record >= value || ':' AND record < value || ';')`,
    )
    .pluck();
  return {
    readTogether: (read) => database.transaction(read).deferred(),
    tellers: () => tellers.all().map((row) => tellerSchema.parse(row)),
    about: ({ scheme, id }, asked) =>
      about.all(scheme, id, JSON.stringify(asked)).map((row) => {
        const { source, line } = lineSchema.parse(row);
        const { record } = changeSchema.parse(JSON.parse(line));
        const disputes = disputesOf(source, record.id);
        return { source, record, ...(disputes.length > 0 && { disputes }) };
      }),
    stands: ({ source, record: { id, version, state } }) =>
      stands.get(source, id, version, state) !== undefined,
    told(source, { scheme, id }, asked) {
      const at = newest.get(source);
      if (at === undefined) return undefined;
      const list = JSON.stringify(asked);
      const records = lines
        .all(scheme, id, list, source)
        .flatMap((line) => (line === null ? [] : [changeSchema.parse(JSON.parse(line)).record]));
      const disputes = records.flatMap(({ id: record }) => disputesOf(source, record));
      return {
        records,
        disputes,
        items: items.all(list, source).map((item) => itemCodeSchema.parse(item)),
        at,
      };
    },
  };
}
