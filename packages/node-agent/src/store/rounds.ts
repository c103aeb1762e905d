import type { Database } from "better-sqlite3";

export interface RoundRow {
  readonly key: string;
  /** Whether this round has met it. */
  readonly isMet: boolean;
}

/** Which rows of a stream one reading of all of them has met. */
export interface Rounds {
  beginRound(stream: string): void;
  met(stream: string, keys: readonly string[]): void;
  /** How many rows there are, counted no further than so many. */
  known(stream: string, most: number): number;
  /** So many rows behind a key, the empty one for the first. */
  slice(stream: string, after: string, limit: number): readonly RoundRow[];
  endRound(stream: string): void;
}

/** On disk and this connection's own: a round that is broken off is begun again, and must not fill the memory. */
export function createRounds(database: Database): Rounds {
  database.exec(
    "CREATE TEMP TABLE met (stream TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID",
  );
  const clear = database.prepare<[string]>("DELETE FROM met WHERE stream = ?");
  const meet = database.prepare<[string, string]>("INSERT INTO met VALUES (?, ?) ON CONFLICT DO NOTHING");
  const known = database
    .prepare<[string, number], number>(
      "SELECT count(*) FROM (SELECT 1 FROM stream_row WHERE stream = ? LIMIT ?)",
    )
    .pluck();
  const slice = database.prepare<[{ stream: string; after: string; limit: number }], Row>(
    `SELECT key, EXISTS (SELECT 1 FROM met WHERE met.stream = @stream AND met.key = stream_row.key) AS met
     FROM stream_row WHERE stream = @stream AND key > @after ORDER BY key LIMIT @limit`,
  );
  const meetAll = database.transaction((stream: string, all: readonly string[]) => {
    for (const key of all) meet.run(stream, key);
  });
  return {
    beginRound: (stream) => void clear.run(stream),
    met: (stream, all) => meetAll(stream, all),
    known: (stream, most) => known.get(stream, most) ?? 0,
    slice: (stream, after, limit) =>
      slice.all({ stream, after, limit }).map(({ key, met }) => ({ key, isMet: met === 1 })),
    endRound: (stream) => void clear.run(stream),
  };
}

interface Row {
  readonly key: string;
  readonly met: number;
}
