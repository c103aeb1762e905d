import type { Database } from "better-sqlite3";

/** Which rows of a stream one reading of all of them has met. */
export interface Rounds {
  beginRound(stream: string): void;
  met(stream: string, keys: readonly string[]): void;
  /** How many rows there are, counted no further than so many. */
  known(stream: string, most: number): number;
  /** How many of them this round has not met. */
  missing(stream: string): number;
  /** The first so many of those behind a key; the empty one for the first. */
  unmetKeys(stream: string, after: string, limit: number): readonly string[];
  endRound(stream: string): void;
}

/** On disk and this connection's own: a round that is broken off is begun again, and must not fill the memory. */
export function createRounds(database: Database): Rounds {
  database.exec(
    "CREATE TEMP TABLE met (stream TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID",
  );
  const clear = database.prepare<[string]>("DELETE FROM met WHERE stream = ?");
  const meet = database.prepare<[string, string]>("INSERT INTO met VALUES (?, ?) ON CONFLICT DO NOTHING");
  const missing = `FROM stream_row WHERE stream = @stream AND key > @after
    AND NOT EXISTS (SELECT 1 FROM met WHERE met.stream = @stream AND met.key = stream_row.key)`;
  const count = database
    .prepare<[{ stream: string; after: string }], number>(`SELECT count(*) ${missing}`)
    .pluck();
  const known = database
    .prepare<[string, number], number>(
      "SELECT count(*) FROM (SELECT 1 FROM stream_row WHERE stream = ? LIMIT ?)",
    )
    .pluck();
  const keys = database
    .prepare<[{ stream: string; after: string; limit: number }], string>(
      `SELECT key ${missing} ORDER BY key LIMIT @limit`,
    )
    .pluck();
  const meetAll = database.transaction((stream: string, all: readonly string[]) => {
    for (const key of all) meet.run(stream, key);
  });
  return {
    beginRound: (stream) => void clear.run(stream),
    met: (stream, all) => meetAll(stream, all),
    known: (stream, most) => known.get(stream, most) ?? 0,
    missing: (stream) => count.get({ stream, after: "" }) ?? 0,
    unmetKeys: (stream, after, limit) => keys.all({ stream, after, limit }),
    endRound: (stream) => void clear.run(stream),
  };
}
