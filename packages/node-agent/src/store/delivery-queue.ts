import { randomUUID } from "node:crypto";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { isDisclosable, recordSchema } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Batch, CopyChange, DeadLetter, DeliveryQueue } from "../delivery/index.ts";

const deliverySchema = z.object({
  items: z.string().nullable(),
  generation: z.string(),
  n: z.number(),
  mark: z.string().nullable(),
  sealedN: z.number().nullable(),
  sealedMark: z.string().nullable(),
  whole: z.number().nullable(),
  takenAt: z.number().nullable(),
});
type Delivery = z.infer<typeof deliverySchema>;

const changeSchema = z.object({
  n: z.number(),
  source: nodeIdSchema,
  record: z.string(),
  item: z.string(),
  content: z.string().nullable(),
});
type Change = z.infer<typeof changeSchema>;

/** Most changes in a batch, and most characters of their records: but for one that alone is longer. */
const [mostChanges, mostLength] = [500, 1024 * 1024];

/** With nothing to tell an empty batch goes out from time to time: a platform that was put back is found by it. */
const makeSureEveryMs = 3_600_000;

/** What waits for one platform: the changes behind the place up to which it has taken them. */
export function createDeliveryQueue(database: Database, name: string): DeliveryQueue {
  const sql = prepare(database);
  // After a refusal batches are small, and grow again as they are taken: what is refused seldom comes alone.
  let [most, inRow] = [mostChanges, 0];
  const current = () => deliverySchema.optional().parse(sql.delivery.get(name));
  const underWay = (mark: string) => {
    const delivery = current();
    return delivery?.sealedMark === mark && delivery.sealedN !== null
      ? { ...delivery, sealedN: delivery.sealedN }
      : undefined;
  };
  const changesIn = ({ n, items }: Delivery, upTo: number) =>
    sql.changes.all({ n, upTo, items, limit: mostChanges }).map((row) => changeSchema.parse(row));

  const seal = database.transaction((today: string, now: number): Batch | undefined => {
    const delivery = current();
    if (delivery === undefined) return undefined;
    const top = Math.max(sql.top.get() ?? 0, delivery.n);
    const end =
      delivery.sealedN ?? endOf(delivery, most, top, sql) ?? (isQuiet(delivery, now) ? top : undefined);
    if (end === undefined) {
      // What is not wanted here is passed over.
      if (top > delivery.n) sql.pass.run(top, name);
      return undefined;
    }
    const mark = delivery.sealedMark ?? randomUUID();
    if (delivery.sealedMark === null) sql.seal.run(end, mark, name);
    const { generation, mark: previous, whole } = delivery;
    const isWanted = wantedBy(delivery);
    const changes = changesIn(delivery, end).map((change) => outcomeOf(change, isWanted, today));
    return { generation, mark, previous, complete: whole !== null && end >= whole, changes };
  });

  const taken = database.transaction((mark: string, at: number) => {
    const delivery = underWay(mark);
    if (delivery === undefined) return;
    const { n, items, sealedN: upTo } = delivery;
    sql.settle.run({ name, n, upTo });
    sql.taken.run({ name, at, delivered: sql.count.get({ n, upTo, items }) ?? 0 });
    sql.prune.run();
    [most, inRow] = [Math.min(most * 2, mostChanges), 0];
  });
  const split = database.transaction((mark: string): boolean => {
    const delivery = underWay(mark);
    const changes = delivery === undefined ? [] : changesIn(delivery, delivery.sealedN);
    const half = Math.floor(changes.length / 2);
    const middle = changes[half - 1];
    if (middle === undefined) return false;
    most = half;
    sql.seal.run(middle.n, randomUUID(), name);
    return true;
  });
  const setAside = database.transaction((mark: string, reason: string, at: number) => {
    const delivery = underWay(mark);
    const change = delivery && changesIn(delivery, delivery.sealedN)[0];
    if (delivery === undefined || change === undefined) return undefined;
    const { source, record, item, content } = change;
    const version = content === null ? null : (recordOf(content)?.version ?? null);
    const letter: DeadLetter = { source, record, item, version, reason, since: at };
    sql.bury.run({ delivery: name, ...letter });
    sql.pass.run(change.n, name);
    inRow += 1;
    return letter;
  });
  return {
    seal: (today, now) => seal.immediate(today, now),
    taken: (mark, at) => taken.immediate(mark, at),
    split: (mark) => split.immediate(mark),
    setAside: (mark, reason, at) => setAside.immediate(mark, reason, at),
    beginAnew: () => void sql.anew.run(randomUUID(), name),
    setAsideInRow: () => inRow,
  };
}

const isQuiet = ({ takenAt }: Delivery, now: number) => takenAt === null || takenAt <= now - makeSureEveryMs;

/** Where the next batch ends: before it is too long, or behind everything. Nothing: there is nothing to tell. */
function endOf(
  { n, items, whole }: Delivery,
  most: number,
  top: number,
  sql: ReturnType<typeof prepare>,
): number | undefined {
  let [count, length, last] = [0, 0, n];
  for (const row of sql.lengths.iterate({ n, items })) {
    length += row.length;
    if (count === most || (count > 0 && length > mostLength)) return last;
    [count, last] = [count + 1, row.n];
  }
  return count > 0 || whole !== null ? top : undefined;
}

/** What a copy comes to, whichever change led there. One that was damaged on the disk is none. */
function outcomeOf(
  { source, record: id, content }: Change,
  isWanted: (item: string) => boolean,
  today: string,
): CopyChange {
  const record = content === null ? undefined : recordOf(content);
  return record !== undefined && isWanted(record.item) && isDisclosable(record, today)
    ? { change: "put", source, record }
    : { change: "remove", source, id };
}

function wantedBy({ items }: Delivery): (item: string) => boolean {
  if (items === null) return () => true;
  const wanted: ReadonlySet<string> = new Set(z.array(z.string()).parse(JSON.parse(items)));
  return (item) => wanted.has(item);
}

function recordOf(content: string) {
  try {
    return recordSchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

type Span = { readonly n: number; readonly upTo: number; readonly items: string | null };
const ofItems = "(@items IS NULL OR copy_change.item IN (SELECT value FROM json_each(@items)))";

function prepare(database: Database) {
  return {
    delivery: database.prepare<[string]>(
      `SELECT items, generation, n, mark, sealed_n AS "sealedN", sealed_mark AS "sealedMark", whole, taken_at AS "takenAt"
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
    seal: database.prepare<[number, string, string]>(
      "UPDATE delivery SET sealed_n = ?, sealed_mark = ? WHERE name = ?",
    ),
    pass: database.prepare<[number, string]>(
      "UPDATE delivery SET n = ?, sealed_n = NULL, sealed_mark = NULL WHERE name = ?",
    ),
    taken: database.prepare<[{ name: string; at: number; delivered: number }]>(
      `UPDATE delivery SET n = sealed_n, mark = sealed_mark, sealed_n = NULL, sealed_mark = NULL,
         whole = CASE WHEN sealed_n >= whole THEN NULL ELSE whole END,
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
    anew: database.prepare<[string, string]>(
      `UPDATE delivery SET generation = ?, n = 0, mark = NULL, sealed_n = NULL, sealed_mark = NULL,
         whole = (SELECT coalesce(max(n), 0) FROM copy_change) WHERE name = ?`,
    ),
  };
}
