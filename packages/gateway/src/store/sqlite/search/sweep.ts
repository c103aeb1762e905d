import type { Database } from "../database.ts";

export interface Sweep {
  /** From the beginning: something beside the log was erased or has expired. */
  begin(): void;
  /** Looks at some more lines: how many; none when it is through. */
  step(): number;
}

/** Small, so that a search that comes meanwhile hardly waits. */
const batch = 1_000;

/** Takes tags out of lines beside which the log keeps nothing any more: what is erased there is not found here either. */
export function createSweep(log: Database, index: Database): Sweep {
  const tagged = index
    .prepare<[number, number], number>(
      "SELECT idx FROM line WHERE idx > ? AND tag IS NOT NULL ORDER BY idx LIMIT ?",
    )
    .pluck();
  const kept = log.prepare<[number], number>("SELECT 1 FROM evidence WHERE entry = ? LIMIT 1").pluck();
  const forget = index.prepare<[number]>("UPDATE line SET tag = NULL WHERE idx = ?");
  let at: number | undefined = -1;
  let removed = 0;

  const sweep = index.transaction((from: number) => {
    const lines = tagged.all(from, batch);
    const gone = lines.filter((line) => kept.get(line) === undefined);
    for (const line of gone) forget.run(line);
    return { lines, gone: gone.length };
  });

  return {
    begin() {
      at = -1;
    },
    step() {
      if (at === undefined) return 0;
      const { lines, gone } = sweep.immediate(at);
      removed += gone;
      at = lines.at(-1);
      // What was taken out does not stay in the journal.
      if (at === undefined && removed > 0) index.pragma("wal_checkpoint(TRUNCATE)");
      return lines.length;
    },
  };
}
