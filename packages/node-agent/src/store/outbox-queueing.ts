import type { Database } from "better-sqlite3";

/** Most records that are queued in one turn: some milliseconds of work. */
export const mostQueued = 2_000;

export const isChosen = "EXISTS (SELECT 1 FROM told_item WHERE told_item.item IN (record.item, '*'))";

/** Nobody holds any of an item that is withheld: nothing of it waits, so that nobody goes through it for what does. */
const isWithheld = "EXISTS (SELECT 1 FROM withheld_item WHERE withheld_item.item = record.item)";

/**
 * Of an item that the catalogue lists nothing, or what is no longer disclosed: others may hold a version of before, and
 * the item may be listed again.
 */
const isTellable = `(record.state IN ('repaired', 'withdrawn')
  OR EXISTS (SELECT 1 FROM listed_item WHERE listed_item.item = record.item))`;

interface Queueing {
  readonly item: string;
  readonly after: number;
  readonly upTo: number;
}

export type RecordQueueing = ReturnType<typeof createRecordQueueing>;

/**
 * What is to be told of the records that there are: put in the queue some at a time, in the order they came, and nothing is
 * told before all are, for what has changed meanwhile would be told twice. Nor before what may not be told any more was
 * taken out of it. Runs inside its caller's transactions, but for `some`.
 */
export function createRecordQueueing(database: Database) {
  const sql = prepare(database);
  function slice({ item, after, upTo }: Queueing): void {
    const to = Math.min(after + mostQueued, upTo);
    const span = { item, after, to };
    sql.queue.run(span);
    sql.keep.run(span);
    if (to === upTo) sql.end.run(item);
    else sql.move.run(span);
  }
  /** @returns whether there was any to look at */
  function sweepSome(): boolean {
    const span = sql.sweeping.get(mostQueued);
    if (span === undefined) return false;
    const { after, to } = span;
    if (to === null) sql.endSweep.run();
    else {
      sql.keepUnlisted.run({ after, to });
      sql.dropUntellable.run({ after, to });
      sql.moveSweep.run(to);
    }
    return true;
  }
  const some = database.transaction((): boolean => {
    if (sweepSome() || sql.unkeepWithheld.run(mostQueued).changes > 0) return true;
    const next = sql.next.get();
    if (next !== undefined) slice(next);
    else {
      sql.queueListed.run(mostQueued);
      if (sql.unkeepListed.run(mostQueued).changes === 0) return false;
    }
    // A feed that has not told all yet has these to tell before it has.
    sql.mark.run();
    return true;
  });
  const isUnderWay = () =>
    [sql.sweeping, sql.anyWithheld, sql.anyListed].some((any) => any.get(1) !== undefined) ||
    sql.next.get() !== undefined;
  return {
    /** All there are of an item; `*`: of any, in place of what was under way. */
    begin(item: string): void {
      if (item === "*") sql.endAll.run();
      sql.begin.run(item);
    },
    /** What waits is looked through for what may not be told any more. */
    sweep: () => void sql.sweep.run(),
    requeue(record: string): void {
      sql.queueOne.run(record);
      sql.keepOne.run(record);
    },
    isUnderWay,
    /** @returns whether there were any to queue */
    some: () => isUnderWay() && some.immediate(),
  };
}

const mayWait = `NOT ${isWithheld} AND ${isTellable}`;
const mayBeKept = `NOT ${isWithheld} AND NOT ${isTellable}`;
const inSpan = "record.rowid > @after AND record.rowid <= @to AND @item IN (record.item, '*')";
const queue = "INSERT INTO pending (record) SELECT id FROM record";
const keep = "INSERT INTO untold SELECT item, id FROM record";
const keptOf = (list: "listed_item" | "withheld_item") =>
  `SELECT untold.item, record FROM ${list} CROSS JOIN untold USING (item) ORDER BY ${list}.item, record LIMIT ?`;
const listed = keptOf("listed_item");
const withheld = keptOf("withheld_item");
const inSweep = "n > @after AND n <= @to";

function prepare(database: Database) {
  type Span = Pick<Queueing, "item" | "after"> & { readonly to: number };
  type Sweep = Omit<Span, "item">;
  return {
    begin: database.prepare<[string]>(
      "INSERT OR REPLACE INTO record_queueing SELECT ?, 0, max(rowid) FROM record HAVING max(rowid) > 0",
    ),
    next: database.prepare<[], Queueing>(
      'SELECT item, after, up_to AS "upTo" FROM record_queueing ORDER BY item LIMIT 1',
    ),
    queue: database.prepare<[Span]>(
      `${queue} WHERE ${isChosen} AND ${mayWait} AND ${inSpan} ORDER BY rowid ON CONFLICT DO NOTHING`,
    ),
    keep: database.prepare<[Span]>(
      `${keep} WHERE ${isChosen} AND ${mayBeKept} AND ${inSpan} ON CONFLICT DO NOTHING`,
    ),
    queueOne: database.prepare<[string]>(`${queue} WHERE id = ? AND ${mayWait} ON CONFLICT DO NOTHING`),
    keepOne: database.prepare<[string]>(`${keep} WHERE id = ? AND ${mayBeKept} ON CONFLICT DO NOTHING`),
    move: database.prepare<[Span]>("UPDATE record_queueing SET after = @to WHERE item = @item"),
    end: database.prepare<[string]>("DELETE FROM record_queueing WHERE item = ?"),
    endAll: database.prepare("DELETE FROM record_queueing"),
    anyListed: database.prepare<[number], object>(listed),
    queueListed: database.prepare<[number]>(
      `INSERT INTO pending (record) SELECT record FROM (${listed}) WHERE true ON CONFLICT DO NOTHING`,
    ),
    unkeepListed: database.prepare<[number]>(`DELETE FROM untold WHERE (item, record) IN (${listed})`),
    anyWithheld: database.prepare<[number], object>(withheld),
    unkeepWithheld: database.prepare<[number]>(`DELETE FROM untold WHERE (item, record) IN (${withheld})`),
    sweep: database.prepare(
      "INSERT OR REPLACE INTO pending_sweep SELECT 1, min(n) - 1 FROM pending HAVING count(*) > 0",
    ),
    sweeping: database.prepare<[number], { after: number; to: number | null }>(
      `SELECT after, (SELECT max(n) FROM (SELECT n FROM pending WHERE n > after ORDER BY n LIMIT ?)) AS "to"
       FROM pending_sweep`,
    ),
    keepUnlisted: database.prepare<[Sweep]>(
      `INSERT INTO untold SELECT item, id FROM pending JOIN record ON record.id = pending.record
       WHERE ${inSweep} AND ${mayBeKept} ON CONFLICT DO NOTHING`,
    ),
    dropUntellable: database.prepare<[Sweep]>(
      `DELETE FROM pending WHERE ${inSweep}
         AND EXISTS (SELECT 1 FROM record WHERE id = pending.record AND NOT (${mayWait}))`,
    ),
    moveSweep: database.prepare<[number]>("UPDATE pending_sweep SET after = ?"),
    endSweep: database.prepare("DELETE FROM pending_sweep"),
    mark: database.prepare("UPDATE feed SET mark = (SELECT coalesce(max(n), 0) FROM pending)"),
  };
}
