import type { Database } from "better-sqlite3";

/** Rows of one transaction: an agent that serves is not kept waiting for longer. */
const sliceRows = 1_000;

interface ForgottenRow {
  readonly key: string;
  readonly record: string | null;
}

/**
 * Forgets how a stream stands and which rows it had; the records stay, and so do the gaps of what was kept back. Broken off
 * anywhere, it is gone on with by another call.
 */
export function createForgetting(database: Database) {
  const rows = database.prepare<[string, number], ForgottenRow>(
    "SELECT key, record FROM stream_row WHERE stream = ? LIMIT ?",
  );
  const drop = database.prepare<[string, string]>("DELETE FROM stream_row WHERE stream = ? AND key = ?");
  // Another stream's row may have waited for one of these to give way.
  const wake = database.prepare<[string]>("UPDATE stream_row SET again = 1 WHERE wants = ?");
  const close = database.prepare<[string]>("DELETE FROM stream WHERE name = ?");
  const dropSlice = database.transaction((stream: string): number => {
    const slice = rows.all(stream, sliceRows);
    for (const { key, record } of slice) {
      drop.run(stream, key);
      if (record !== null) wake.run(record);
    }
    return slice.length;
  });
  return (stream: string): boolean => {
    let dropped = 0;
    for (let some = sliceRows; some === sliceRows; dropped += some) some = dropSlice.immediate(stream);
    return close.run(stream).changes > 0 || dropped > 0;
  };
}
