import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { recordSchema } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { DeadLetter } from "../delivery/index.ts";

const deliverySchema = z.object({
  items: z.string().nullable(),
  generation: z.string(),
  n: z.number(),
  mark: z.string().nullable(),
  sealedN: z.number().nullable(),
  sealedMark: z.string().nullable(),
  sealedCompletes: z.number(),
  telling: z.number(),
  completeFrom: z.number().nullable(),
  refusedInRow: z.number(),
  takenAt: z.number().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const changeSchema = z.object({
  n: z.number(),
  source: nodeIdSchema,
  record: z.string(),
  item: z.string(),
  content: z.string().nullable(),
});
export type Change = z.infer<typeof changeSchema>;

/** Which changes are in a batch. */
export interface Sealed {
  readonly upTo: number;
  /** There are none: it says that its generation has named everything. */
  readonly completes: boolean;
}

/** Most changes in a batch. */
export const mostChanges = 500;

export type DeliveryRows = ReturnType<typeof openDeliveryRows>;

/** One delivery as it stands in the store, and the changes behind that. */
export function openDeliveryRows(database: Database, name: string) {
  const sql = prepare(database);
  const current = () => deliverySchema.optional().parse(sql.delivery.get(name));
  const underWay = (mark: string) => {
    const delivery = current();
    return delivery?.sealedMark === mark && delivery.sealedN !== null
      ? { ...delivery, sealedN: delivery.sealedN }
      : undefined;
  };
  const changesIn = ({ n, items }: Delivery, upTo: number) =>
    sql.changes.all({ n, upTo, items, limit: mostChanges }).map((row) => changeSchema.parse(row));
  return {
    current,
    /** The delivery while a batch with this mark is under way. */
    underWay,
    changesIn,
    /** The place of the newest change of all. */
    top: () => sql.top.get() ?? 0,
    /** Of every change that waits, in order. */
    lengths: ({ n, items }: Delivery) => sql.lengths.iterate({ n, items }),
    seal: (mark: string, { upTo, completes }: Sealed) =>
      void sql.seal.run({ name, mark, upTo, completes: completes ? 1 : 0 }),
    pass: (n: number) => void sql.pass.run(n, name),
    take({ n, items }: Delivery, upTo: number, at: number): void {
      sql.settle.run({ name, n, upTo });
      sql.taken.run({ name, at, delivered: sql.count.get({ n, upTo, items }) ?? 0 });
      sql.prune.run();
    },
    postpone: (completeFrom: number) => void sql.postpone.run(completeFrom, name),
    bury(letter: DeadLetter): void {
      sql.bury.run({ delivery: name, ...letter });
      sql.refused.run(name);
    },
    /** Whether the copies are all that there is: that one is not here means something. */
    isAllRead: () => sql.allRead.get() !== undefined,
    beginAnew: (generation: string) => void sql.anew.run(generation, name),
  };
}

export function recordOf(content: string) {
  try {
    return recordSchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

const unsealed = "sealed_n = NULL, sealed_mark = NULL, sealed_completes = 0";
/** What begins with a generation. */
export const begun = `n = 0, mark = NULL, ${unsealed}, telling = 1, complete_from = NULL, refused_in_row = 0`;

/** Whether a delivery wants an item. @param item in SQL */
export const wantsItem = (item: string) =>
  `(delivery.items IS NULL OR ${item} IN (SELECT value FROM json_each(delivery.items)))`;

type Span = { readonly n: number; readonly upTo: number; readonly items: string | null };
const ofItems = "(@items IS NULL OR copy_change.item IN (SELECT value FROM json_each(@items)))";

function prepare(database: Database) {
  return {
    delivery: database.prepare<[string]>(
      `SELECT items, generation, n, mark, sealed_n AS "sealedN", sealed_mark AS "sealedMark",
         sealed_completes AS "sealedCompletes", telling, complete_from AS "completeFrom", refused_in_row AS "refusedInRow", taken_at AS "takenAt"
       FROM delivery WHERE name = ?`,
    ),
    top: database.prepare<[], number>("SELECT coalesce(max(n), 0) FROM copy_change").pluck(),
    lengths: database.prepare<[Omit<Span, "upTo">], { n: number; length: number }>(
      `SELECT n, coalesce(length(content), 0) AS length FROM copy_change LEFT JOIN copy USING (source, record)
       WHERE n > @n AND ${ofItems} ORDER BY n`,
    ),
    changes: database.prepare<[Span & { limit: number }]>(
      `SELECT n, source, record, copy_change.item, content FROM copy_change LEFT JOIN copy USING (source, record)
       WHERE n > @n AND n <= @upTo AND ${ofItems} ORDER BY n LIMIT @limit`,
    ),
    count: database
      .prepare<[Span], number>(`SELECT count(*) FROM copy_change WHERE n > @n AND n <= @upTo AND ${ofItems}`)
      .pluck(),
    seal: database.prepare<[{ name: string; mark: string; upTo: number; completes: number }]>(
      "UPDATE delivery SET sealed_n = @upTo, sealed_mark = @mark, sealed_completes = @completes WHERE name = @name",
    ),
    pass: database.prepare<[number, string]>(`UPDATE delivery SET n = ?, ${unsealed} WHERE name = ?`),
    postpone: database.prepare<[number, string]>(
      `UPDATE delivery SET complete_from = ?, ${unsealed} WHERE name = ?`,
    ),
    taken: database.prepare<[{ name: string; at: number; delivered: number }]>(
      `UPDATE delivery SET n = sealed_n, mark = sealed_mark, ${unsealed},
         refused_in_row = 0, telling = telling AND NOT sealed_completes,
         complete_from = CASE WHEN sealed_completes THEN NULL ELSE complete_from END,
         delivered = delivered + @delivered, taken_at = @at
       WHERE name = @name`,
    ),
    settle: database.prepare<[{ name: string; n: number; upTo: number }]>(
      `DELETE FROM dead_letter WHERE delivery = @name
       AND (source, record) IN (SELECT source, record FROM copy_change WHERE n > @n AND n <= @upTo)`,
    ),
    // That a copy is gone is of no use once everyone knows: whoever begins anew has nothing of it.
    prune: database.prepare("DELETE FROM copy_change WHERE gone = 1 AND n <= (SELECT min(n) FROM delivery)"),
    bury: database.prepare<[DeadLetter & { delivery: string }]>(
      `INSERT OR REPLACE INTO dead_letter (delivery, source, record, item, version, reason, since)
       VALUES (@delivery, @source, @record, @item, @version, @reason, @since)`,
    ),
    refused: database.prepare<[string]>(
      "UPDATE delivery SET refused_in_row = refused_in_row + 1 WHERE name = ?",
    ),
    allRead: database.prepare<[], object>(
      "SELECT 1 FROM reading WHERE whole_at IS NOT NULL AND dropping = 0 AND again = 0",
    ),
    anew: database.prepare<[string, string]>(`UPDATE delivery SET generation = ?, ${begun} WHERE name = ?`),
  };
}
