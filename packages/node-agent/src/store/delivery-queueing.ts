import type { Database } from "better-sqlite3";

interface Place {
  readonly source: string;
  readonly record: string;
}

/** Most copies that are queued in one turn: some milliseconds of work. */
export const mostQueued = 2_000;

/**
 * The copies that there were when the first delivery was chosen wait, too: some at a time, in the order of their names. One
 * that changes before its turn has queued itself by then (migrations).
 */
export function createQueueing(database: Database) {
  const place = database.prepare<[], Place>("SELECT source, record FROM copy_queueing");
  const begin = database.prepare(
    "INSERT INTO copy_queueing (one, source, record) SELECT 1, '', '' WHERE EXISTS (SELECT 1 FROM copy)",
  );
  const move = database.prepare<[Place]>("UPDATE copy_queueing SET source = @source, record = @record");
  const end = database.prepare("DELETE FROM copy_queueing");
  const last = database.prepare<[Place & { readonly at: number }], Place>(
    `SELECT source, record FROM copy WHERE (source, record) > (@source, @record)
     ORDER BY source, record LIMIT 1 OFFSET @at`,
  );
  const queue = database.prepare<[Place & { readonly most: number }]>(
    `INSERT INTO copy_change (source, record, item)
     SELECT source, record, item FROM copy WHERE (source, record) > (@source, @record)
     ORDER BY source, record LIMIT @most ON CONFLICT DO NOTHING`,
  );
  const some = database.transaction((): boolean => {
    const from = place.get();
    if (from === undefined) return false;
    const next = last.get({ ...from, at: mostQueued - 1 });
    queue.run({ ...from, most: mostQueued });
    if (next === undefined) end.run();
    else move.run(next);
    return true;
  });
  return {
    begin: () => void begin.run(),
    end: () => void end.run(),
    isUnderWay: () => place.get() !== undefined,
    /** @returns whether there were any to queue */
    some: () => some.immediate(),
  };
}
