import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Database } from "better-sqlite3";
import { createForgetting } from "./forget-stream.ts";
import type { ImportCounts, RowReason } from "./import-session.ts";
import { reasonsSchema } from "./imports.ts";
import type { Records } from "./records.ts";
import { createRounds, type Rounds } from "./rounds.ts";
import { createRowTaking, type StreamBatch } from "./stream-rows.ts";

/** How a stream stands, for an operator. */
export interface StreamStanding {
  readonly name: string;
  readonly item: string;
  readonly rows: number;
  readonly keptBack: number;
  /** All that the platform said by this ISO instant is held; null: never read to its end. */
  readonly asOf: string | null;
  /** What it fails with now: a code. */
  readonly fault: string | null;
  /** Rows not found any more that wait for an operator's word. */
  readonly missing: number | null;
}

/**
 * Rows that come from a platform over and over, each known by a key. A record stands as long as a row says so: when its
 * last row is gone it is withdrawn.
 */
export interface Streams extends Rounds {
  /** Call before anything else of a stream. */
  open(stream: string, item: ItemCode): void;
  cursor(stream: string): string | undefined;
  /** Of rows that are known: what they said; nothing of one that is to be read again. */
  digests(stream: string, keys: readonly string[]): ReadonlyMap<string, string>;
  /** One transaction: rows, what is kept back of them, and the cursor. Counts are as of a file's rows. */
  take(batch: StreamBatch): ImportCounts;
  /** Keys of rows that begin with a text. */
  keysFrom(stream: string, beginning: string): readonly string[];
  /** Keys of rows that are to be read again, the first so many. */
  again(stream: string, limit: number): readonly string[];
  /** The stream was read to its end, as of an ISO instant. */
  readTo(stream: string, asOf: string): void;
  /** All that the platform said of the item by an ISO instant is held. */
  covered(item: ItemCode, asOf: string): void;
  /** A code, or nothing: what it fails with now. */
  failing(stream: string, fault: string | undefined): void;
  /** So many rows are missing, more than go without an operator's word; none: they need none. */
  waitForWord(stream: string, missing: number | undefined): void;
  /** How many rows an operator has let go. */
  confirmed(stream: string): number;
  /** An operator's word: what is missing may go. @returns how many; nothing when none waits for it */
  confirm(stream: string): number | undefined;
  standings(): readonly StreamStanding[];
  /** Of a stream that is followed no more: its records stay. Whether there was anything to forget. */
  forget(stream: string): boolean;
  /** Why rows are kept back, where they stand and never what they say: the first so many. */
  keptBack(
    stream: string,
    limit: number,
  ): readonly { readonly key: string; readonly reasons: readonly RowReason[] }[];
}

export function createStreams(database: Database, records: Records): Streams {
  const sql = prepare(database);
  const takeRows = createRowTaking(database, records);
  const take = database.transaction((batch: StreamBatch): ImportCounts => {
    if (batch.cursor !== undefined) sql.move.run(batch.cursor, batch.stream);
    return takeRows(batch);
  });
  const digests = database.transaction((stream: string, keys: readonly string[]) => {
    const found = keys.map((key) => [key, sql.digest.get(stream, key)] as const);
    return new Map(found.flatMap(([key, digest]) => (digest === undefined ? [] : [[key, digest]])));
  });
  return {
    ...createRounds(database),
    open: (stream, item) => void sql.open.run(stream, item),
    cursor: (stream) => sql.cursor.get(stream) ?? undefined,
    digests,
    take: (batch) => take.immediate(batch),
    keysFrom: (stream, beginning) => sql.keysFrom.all({ stream, beginning }),
    again: (stream, limit) => sql.again.all(stream, limit),
    readTo: (stream, asOf) => void sql.readTo.run(asOf, stream),
    covered: (item, asOf) => void sql.cover.run(item, asOf),
    failing: (stream, fault) => void sql.fail.run({ stream, fault: fault ?? null }),
    waitForWord: (stream, missing) => void sql.wait.run(missing ?? null, stream),
    confirmed: (stream) => sql.confirmed.get(stream) ?? 0,
    confirm: (stream) => sql.confirm.get(stream),
    standings: () => sql.standings.all(),
    forget: createForgetting(database),
    keptBack: (stream, limit) =>
      sql.kept
        .all(stream, limit)
        .map(({ key, reasons }) => ({ key, reasons: reasonsSchema.parse(JSON.parse(reasons ?? "[]")) })),
  };
}

function prepare(database: Database) {
  return {
    open: database.prepare<[string, ItemCode]>(
      "INSERT INTO stream (name, item) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET item = excluded.item",
    ),
    cursor: database.prepare<[string], string | null>("SELECT cursor FROM stream WHERE name = ?").pluck(),
    move: database.prepare<[string, string]>("UPDATE stream SET cursor = ? WHERE name = ?"),
    digest: database
      .prepare<[string, string], string>(
        "SELECT iif(again, '', digest) FROM stream_row WHERE stream = ? AND key = ?",
      )
      .pluck(),
    keysFrom: database
      .prepare<[{ stream: string; beginning: string }], string>(
        `SELECT key FROM stream_row WHERE stream = @stream
         AND key >= @beginning AND key < @beginning || char(0x10ffff)`,
      )
      .pluck(),
    again: database
      .prepare<[string, number], string>("SELECT key FROM stream_row WHERE stream = ? AND again = 1 LIMIT ?")
      .pluck(),
    readTo: database.prepare<[string, string]>("UPDATE stream SET as_of = ? WHERE name = ?"),
    cover: database.prepare<[ItemCode, string]>(
      `INSERT INTO coverage (item, as_of) VALUES (?, ?)
       ON CONFLICT (item) DO UPDATE SET as_of = max(as_of, excluded.as_of)`,
    ),
    fail: database.prepare<[{ stream: string; fault: string | null }]>(
      "UPDATE stream SET fault = @fault WHERE name = @stream AND fault IS NOT @fault",
    ),
    wait: database.prepare<[number | null, string]>(
      "UPDATE stream SET missing = ?, confirmed = NULL WHERE name = ?",
    ),
    confirmed: database
      .prepare<[string], number | null>("SELECT confirmed FROM stream WHERE name = ?")
      .pluck(),
    confirm: database
      .prepare<[string], number>(
        "UPDATE stream SET confirmed = missing WHERE name = ? AND missing IS NOT NULL RETURNING missing",
      )
      .pluck(),
    standings: database.prepare<[], StreamStanding>(
      `SELECT name, item, as_of AS asOf, fault, missing,
         (SELECT count(*) FROM stream_row WHERE stream = name) AS rows,
         (SELECT count(*) FROM stream_row WHERE stream = name AND line IS NOT NULL) AS keptBack
       FROM stream ORDER BY name`,
    ),
    kept: database.prepare<[string, number], { key: string; reasons: string | null }>(
      `SELECT key, reasons FROM stream_row LEFT JOIN quarantine USING (import, line)
       WHERE stream = ? AND stream_row.line IS NOT NULL ORDER BY key LIMIT ?`,
    ),
  };
}
