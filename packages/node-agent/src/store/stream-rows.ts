import { createHash } from "node:crypto";
import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import type { ImportCounts, QuarantinedRow } from "./import-session.ts";
import { createKeptRows } from "./kept-rows.ts";
import type { Put, Records } from "./records.ts";
import { createRowStates, type SaidState } from "./row-states.ts";

/** A row that is no record, or is kept back beside the one that it differs from. */
export type KeptRow = Omit<QuarantinedRow, "line">;

interface Said {
  readonly key: string;
  readonly digest: string;
}
interface GoneRow {
  readonly key: string;
  readonly gone: true;
}
interface UnreadRow extends Said {
  readonly kept: KeptRow;
  /** That its record was repaired is taken from a row of which nothing else can be read. */
  readonly state?: "repaired" | undefined;
}
interface RecordRow extends Said {
  readonly record: CreditRecord & SaidState;
  /** How it is kept back when another row says otherwise of the same record. */
  readonly conflict: KeptRow;
}

/** What one row of a stream says now; `gone`: it is there no more. */
export type RowChange = GoneRow | UnreadRow | RecordRow;

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

export const noCounts: ImportCounts = {
  received: 0,
  accepted: 0,
  unchanged: 0,
  quarantined: 0,
  duplicates: 0,
};

/** What a batch's rows make of the records; runs inside its transaction. */
export function createRowTaking(database: Database, records: Records) {
  const sql = prepare(database);
  const states = createRowStates(database, records.own);
  const keptRows = createKeptRows(database);

  /** Lets go of what rows say no more, so that rows that have exchanged their records do not stand in each other's way. */
  function release({ stream, changes }: StreamBatch): ReadonlySet<string> {
    const released = new Set<string>();
    for (const change of changes) {
      const before = sql.known.get(stream, change.key);
      if (before === undefined) continue;
      keptRows.settle(before);
      if (before.record !== null && !isStillOf(before.record, change)) {
        sql.release.run(stream, change.key);
        released.add(before.record);
      }
      if ("gone" in change) sql.forget.run(stream, change.key);
    }
    return released;
  }

  function write({ stream }: StreamBatch, { key, digest }: Said, as: WrittenAs): void {
    sql.write.run({ stream, key, digest, ...nothingWritten, ...as });
  }

  /** @returns what became of it; nothing when another row says otherwise of the record, or of its state */
  function takeRecord(batch: StreamBatch, row: RecordRow): Put | "duplicate" | undefined {
    const { record, key } = row;
    const isShared = sql.other.get(record.id, batch.stream, key) !== undefined;
    const isSame = states.said(record.id) === record.state && records.holding(record) === "same";
    if (isShared && !isSame) return undefined;
    const put = isShared ? "duplicate" : records.put(record);
    const isMoved = states.follow(record, put === "added", batch.at);
    write(batch, row, { record: record.id });
    keptRows.settleRecord(batch.item, record.id);
    if (put === "changed" || isMoved) sql.wake.run(record.id);
    return put === "unchanged" && isMoved ? "changed" : put;
  }

  /** The state alone, unless another row says otherwise of it. */
  function follow({ stream, at }: StreamBatch, key: string, said: { readonly id: string } & SaidState): void {
    const isShared = sql.other.get(said.id, stream, key) !== undefined;
    if (!isShared && states.follow(said, false, at)) sql.wake.run(said.id);
  }

  function takeOne(batch: StreamBatch, row: UnreadRow | RecordRow, keep: Keep): Put | "duplicate" | "kept" {
    if ("kept" in row) {
      const record = sql.known.get(batch.stream, row.key)?.record ?? null;
      if (record !== null && row.state !== undefined)
        follow(batch, row.key, { id: record, state: row.state });
      write(batch, row, { record, ...keep(row.kept) });
      return "kept";
    }
    const taken = takeRecord(batch, row);
    if (taken !== undefined) return taken;
    write(batch, row, { wants: row.record.id, ...keep(row.conflict) });
    return "kept";
  }

  return (batch: StreamBatch): ImportCounts => {
    const { stream, item, changes, at } = batch;
    const released = release(batch);
    const kept = keptRows.open({ file: stream, sha256: digestOf(changes), item, startedAt: at });
    const count = { ...noCounts, received: changes.length };
    for (const change of changes) {
      const taken = "gone" in change ? "changed" : takeOne(batch, change, kept.keep);
      count[partOf[taken]] += 1;
    }
    for (const record of released) {
      if (sql.named.get(record) === undefined) states.withdraw(record, at);
      sql.wake.run(record);
    }
    kept.finish(count);
    return count;
  };
}

const partOf = {
  added: "accepted",
  changed: "accepted",
  unchanged: "unchanged",
  duplicate: "duplicates",
  kept: "quarantined",
} as const satisfies Record<Put | "duplicate" | "kept", keyof ImportCounts>;

type Keep = (row: KeptRow) => { readonly import: number; readonly line: number };

interface WrittenAs {
  readonly record?: string | null;
  readonly wants?: string;
  readonly import?: number;
  readonly line?: number;
}
const nothingWritten = { record: null, wants: null, import: null, line: null };

interface KnownRow {
  readonly record: string | null;
  readonly import: number | null;
  readonly line: number | null;
}

function prepare(database: Database) {
  return {
    known: database.prepare<[string, string], KnownRow>(
      "SELECT record, import, line FROM stream_row WHERE stream = ? AND key = ?",
    ),
    release: database.prepare<[string, string]>(
      "UPDATE stream_row SET record = NULL WHERE stream = ? AND key = ?",
    ),
    forget: database.prepare<[string, string]>("DELETE FROM stream_row WHERE stream = ? AND key = ?"),
    write: database.prepare(
      `INSERT OR REPLACE INTO stream_row (stream, key, digest, record, wants, import, line)
       VALUES (@stream, @key, @digest, @record, @wants, @import, @line)`,
    ),
    other: database.prepare<[string, string, string], unknown>(
      "SELECT 1 FROM stream_row WHERE record = ? AND (stream, key) IS NOT (?, ?) AND line IS NULL LIMIT 1",
    ),
    named: database.prepare<[string], unknown>("SELECT 1 FROM stream_row WHERE record = ? LIMIT 1"),
    wake: database.prepare<[string]>("UPDATE stream_row SET again = 1 WHERE wants = ?"),
  };
}

/** A row that cannot be read still is the record that it was, unless it names another. */
function isStillOf(record: string, change: RowChange): boolean {
  if ("gone" in change) return false;
  if ("record" in change) return change.record.id === record;
  const meant = change.kept.trace?.record;
  return meant === undefined || meant === record;
}

/** Of the rows' own digests: what stands in the list of imports where a file has that of its bytes, for a day's first batch. */
function digestOf(changes: readonly RowChange[]): string {
  const hash = createHash("sha256");
  for (const change of changes) hash.update("digest" in change ? change.digest : "gone");
  return hash.digest("hex");
}
