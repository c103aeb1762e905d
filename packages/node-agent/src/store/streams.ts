import { createHash } from "node:crypto";
import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import type { ImportCounts, QuarantinedRow, Taken } from "./imports.ts";
import type { Records } from "./records.ts";
import { createRounds, type Rounds } from "./rounds.ts";
import { createRowStates, type SaidState } from "./row-states.ts";

/** A row that is no record, or is kept back beside the one that it differs from. */
export type KeptRow = Omit<QuarantinedRow, "line">;

/** What one row of a stream says now; `gone`: it is there no more. */
export type RowChange = { readonly key: string } & (
  | { readonly gone: true }
  | { readonly digest: string; readonly kept: KeptRow }
  | {
      readonly digest: string;
      readonly record: CreditRecord & SaidState;
      /** How it is kept back when another row says otherwise of the same record. */
      readonly conflict: KeptRow;
    }
);

export interface StreamBatch {
  /** Which table or service: configuration, never personal data. */
  readonly stream: string;
  readonly item: ItemCode;
  readonly changes: readonly RowChange[];
  /** Where the stream stands once these are taken; absent: where it did. */
  readonly cursor?: string | undefined;
  /** ISO instant. */
  readonly at: string;
}

export interface StreamTaken {
  /** By which kept-back rows are found; absent when there was nothing to take. */
  readonly import?: number;
  readonly counts: ImportCounts;
}

/**
 * Rows that come from a platform over and over, each known by a key. A record stands as long as a row says so: when its
 * last row is gone it is withdrawn.
 */
export interface Streams extends Rounds {
  cursor(stream: string): string | undefined;
  /** Of rows that are known: what they said; nothing of one that is to be read again. */
  digests(stream: string, keys: readonly string[]): ReadonlyMap<string, string>;
  /** One transaction: rows, what is kept back of them, and the cursor. Counts are as of a file's rows. */
  take(batch: StreamBatch): StreamTaken;
  /** Keys of rows that are to be read again, the first so many. */
  again(stream: string, limit: number): readonly string[];
  /** All that the platform said of the item by an ISO instant is held. */
  covered(item: ItemCode, asOf: string): void;
}

export const noCounts: ImportCounts = {
  received: 0,
  accepted: 0,
  unchanged: 0,
  quarantined: 0,
  duplicates: 0,
};

export function createStreams(database: Database, records: Records): Streams {
  const sql = prepare(database);
  const takeRows = createTaking(database, records);
  const take = database.transaction((batch: StreamBatch): StreamTaken => {
    const { stream, item, changes, cursor, at } = batch;
    if (cursor !== undefined) sql.move.run(stream, cursor);
    if (changes.length === 0) return { counts: noCounts };
    const id = Number(sql.begin.run(stream, digestOf(changes), item, at, at).lastInsertRowid);
    const counts = takeRows(batch, id);
    sql.count.run({ ...counts, id });
    return { import: id, counts };
  });
  const digests = database.transaction((stream: string, keys: readonly string[]) => {
    const found = keys.map((key) => [key, sql.digest.get(stream, key)] as const);
    return new Map(found.flatMap(([key, digest]) => (digest === undefined ? [] : [[key, digest]])));
  });
  return {
    ...createRounds(database),
    cursor: (stream) => sql.cursor.get(stream),
    digests,
    take: (batch) => take.immediate(batch),
    again: (stream, limit) => sql.again.all(stream, limit),
    covered: (item, asOf) => void sql.cover.run(item, asOf),
  };
}

/** Of the rows' own digests: what stands in the list of imports where a file has that of its bytes. */
function digestOf(changes: readonly RowChange[]): string {
  const hash = createHash("sha256");
  for (const change of changes) hash.update("digest" in change ? change.digest : "gone");
  return hash.digest("hex");
}

function prepare(database: Database) {
  return {
    cursor: database.prepare<[string], string>("SELECT cursor FROM stream WHERE name = ?").pluck(),
    move: database.prepare<[string, string]>(
      "INSERT INTO stream (name, cursor) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor",
    ),
    digest: database
      .prepare<[string, string], string>(
        "SELECT iif(again, '', digest) FROM stream_row WHERE stream = ? AND key = ?",
      )
      .pluck(),
    again: database
      .prepare<[string, number], string>("SELECT key FROM stream_row WHERE stream = ? AND again = 1 LIMIT ?")
      .pluck(),
    begin: database.prepare<[string, string, ItemCode, string, string]>(
      "INSERT INTO import (file, sha256, item, started_at, finished_at) VALUES (?, ?, ?, ?, ?)",
    ),
    count: database.prepare<[ImportCounts & { id: number }]>(
      `UPDATE import SET received = @received, accepted = @accepted, unchanged = @unchanged,
       quarantined = @quarantined, duplicates = @duplicates WHERE id = @id`,
    ),
    cover: database.prepare<[ItemCode, string]>(
      `INSERT INTO coverage (item, as_of) VALUES (?, ?)
       ON CONFLICT (item) DO UPDATE SET as_of = max(as_of, excluded.as_of)`,
    ),
  };
}

interface KnownRow {
  readonly record: string | null;
  readonly import: number | null;
  readonly line: number | null;
}

interface WrittenRow {
  readonly stream: string;
  readonly key: string;
  readonly digest: string;
  readonly record: string | null;
  readonly wants: string | null;
  readonly import: number | null;
  readonly line: number | null;
}

function prepareTaking(database: Database) {
  return {
    known: database.prepare<[string, string], KnownRow>(
      "SELECT record, import, line FROM stream_row WHERE stream = ? AND key = ?",
    ),
    release: database.prepare<[string, string]>(
      "UPDATE stream_row SET record = NULL WHERE stream = ? AND key = ?",
    ),
    forget: database.prepare<[string, string]>("DELETE FROM stream_row WHERE stream = ? AND key = ?"),
    write: database.prepare<[WrittenRow]>(
      `INSERT OR REPLACE INTO stream_row (stream, key, digest, record, wants, import, line)
       VALUES (@stream, @key, @digest, @record, @wants, @import, @line)`,
    ),
    other: database.prepare<[string, string, string], unknown>(
      "SELECT 1 FROM stream_row WHERE record = ? AND (stream, key) IS NOT (?, ?) AND line IS NULL LIMIT 1",
    ),
    named: database.prepare<[string], unknown>("SELECT 1 FROM stream_row WHERE record = ? LIMIT 1"),
    wake: database.prepare<[string]>("UPDATE stream_row SET again = 1 WHERE wants = ?"),
    keep: database.prepare<[number, number, string, string]>(
      "INSERT INTO quarantine (import, line, reasons, cells) VALUES (?, ?, ?, ?)",
    ),
    gap: database.prepare<[number, number, string, ItemCode, string, string, string | null]>(
      "INSERT INTO gap (import, line, file, item, scheme, subject, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    closeGap: database.prepare<[number, number]>("DELETE FROM gap WHERE import = ? AND line = ?"),
    closeGapsOf: database.prepare<[ItemCode, string]>("DELETE FROM gap WHERE item = ? AND record = ?"),
  };
}

/** What a batch's rows make of the records; runs inside its transaction. */
function createTaking(database: Database, records: Records) {
  const sql = prepareTaking(database);
  const states = createRowStates(database, records.own);

  /** Lets go of what rows say no more, so that rows that have exchanged their records do not stand in each other's way. */
  function release({ stream, changes }: StreamBatch): ReadonlySet<string> {
    const released = new Set<string>();
    for (const change of changes) {
      const before = sql.known.get(stream, change.key);
      if (before === undefined) continue;
      if (before.import !== null && before.line !== null) sql.closeGap.run(before.import, before.line);
      if (before.record !== null && !isStillOf(before.record, change)) {
        sql.release.run(stream, change.key);
        released.add(before.record);
      }
      if ("gone" in change) sql.forget.run(stream, change.key);
    }
    return released;
  }

  function takeBatch(batch: StreamBatch, id: number): ImportCounts {
    const { stream, item, changes, at } = batch;
    const released = release(batch);
    const count = { ...noCounts, received: changes.length };
    const tally = (taken: Taken | "kept") => {
      count[partOf[taken]] += 1;
    };
    const keep = (change: { key: string; digest: string }, line: number, kept: KeptRow, wants?: string) => {
      const { reasons, cells, trace } = kept;
      const record = sql.known.get(stream, change.key)?.record ?? null;
      const { key, digest } = change;
      sql.write.run({ stream, key, digest, record, wants: wants ?? null, import: id, line });
      sql.keep.run(id, line, JSON.stringify(reasons), JSON.stringify(cells));
      if (trace === undefined) return;
      const { subject, record: meant = null } = trace;
      sql.gap.run(id, line, stream, item, subject.scheme, subject.id, meant);
    };
    for (const [at0, change] of changes.entries()) {
      const line = at0 + 1;
      if ("gone" in change) continue;
      if ("kept" in change) {
        keep(change, line, change.kept);
        tally("kept");
        continue;
      }
      const { key, digest, record } = change;
      const isShared = sql.other.get(record.id, stream, key) !== undefined;
      if (isShared && !records.holdsSame(record)) {
        sql.release.run(stream, key);
        keep(change, line, change.conflict, record.id);
        tally("kept");
        continue;
      }
      const put = isShared ? "duplicate" : records.put(record);
      const isMoved = states.follow(record, put === "added", at);
      sql.write.run({ stream, key, digest, record: record.id, wants: null, import: null, line: null });
      sql.closeGapsOf.run(item, record.id);
      if (put === "changed") sql.wake.run(record.id);
      tally(put === "unchanged" && isMoved ? "changed" : put);
    }
    for (const record of released) {
      if (sql.named.get(record) === undefined) states.withdraw(record, at);
      sql.wake.run(record);
    }
    count.accepted += changes.filter((change) => "gone" in change).length;
    return count;
  }
  return takeBatch;
}

const partOf = {
  added: "accepted",
  changed: "accepted",
  unchanged: "unchanged",
  duplicate: "duplicates",
  conflict: "quarantined",
  kept: "quarantined",
} as const satisfies Record<Taken | "kept", keyof ImportCounts>;

/** A row that cannot be read still is the record that it was, unless it names another. */
function isStillOf(record: string, change: RowChange): boolean {
  if ("gone" in change) return false;
  if ("record" in change) return change.record.id === record;
  const meant = change.kept.trace?.record;
  return meant === undefined || meant === record;
}
