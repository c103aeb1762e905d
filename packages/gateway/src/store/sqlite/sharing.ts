import { closeSync, openSync } from "node:fs";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { type CorrectionEffect, feedPlaceSchema } from "@xinqiao/protocol/sync";
import { createDurable } from "@xinqiao/runtime/durable";
import Database from "better-sqlite3";
import { z } from "zod";
import type { Hub, OpenedCorrection, PageToTake, TakenChange } from "../../sharing/index.ts";
import { createHubCopy } from "./sharing-copy.ts";
import { createHubCorrections } from "./sharing-corrections.ts";
import { createHubReading } from "./sharing-reading.ts";
import { sharingSchema } from "./sharing-schema.ts";

export interface OpenedHub extends Hub {
  close(): void;
}

const heldSchema = z.object({
  position: z.number(),
  seq: z.number(),
  feed: z.string(),
  version: z.number(),
});

/** A file of its own beside the log: it holds records, and the log none. */
export function openHub(path: string): OpenedHub {
  const database = openFile(path);
  const durable = createDurable(path, "sync.unavailable");
  const sql = prepare(database);
  const corrections = createHubCorrections(database);
  const held = (source: string, record: string) => heldSchema.optional().parse(sql.held.get(source, record));

  /** The version before, when it counts: of another feed everything is told again. */
  function supersede(page: PageToTake, { change }: TakenChange): OpenedCorrection | undefined {
    const { source } = page;
    const { record, seq } = change;
    const before = held(source, record.id);
    if (before === undefined) return undefined;
    sql.blank.run(before.position, before.seq);
    if (record.version === before.version) return undefined;
    const holders = page.holders(record, before.position);
    if (holders.length === 0) return undefined;
    const openedAt = Math.floor(page.at / 1000);
    const { feed } = page.page;
    return corrections.open({ source, feed, seq, effect: effectOf(record), openedAt, holders }, page);
  }

  const take = database.transaction((page: PageToTake): readonly OpenedCorrection[] => {
    const { source, page: opened, head, changes, at } = page;
    const { feed, from, last, hash, complete } = opened;
    const position = Number(sql.page.run(source, feed, from, last, hash, head, at).lastInsertRowid);
    const corrected: OpenedCorrection[] = [];
    for (const taken of changes) {
      const { seq, record } = taken.change;
      const correction = supersede(page, taken);
      if (correction) corrected.push(correction);
      const { id, item, jurisdiction, version, state, subject } = record;
      const { scheme, kind } = subject;
      sql.change.run(position, seq, item, jurisdiction, kind, taken.line);
      sql.hold.run({
        source,
        record: id,
        position,
        seq,
        feed,
        version,
        state,
        item,
        scheme,
        subject: subject.id,
      });
    }
    if (complete) {
      sql.blankOlder.run(source, feed);
      sql.sweep.run(source, feed);
      corrections.postpone(page);
    }
    sql.move.run({ source, feed, upTo: last, head: hash });
    return corrected;
  });

  return {
    place: (source) => feedPlaceSchema.optional().parse(sql.place.get(source)),
    version: (source, record) => held(source, record),
    take: (page) => take.immediate(page),
    ...createHubReading(database),
    ...createHubCopy(database),
    ...corrections.port,
    durable: durable.reached,
    close() {
      durable.close();
      database.close();
    },
  };
}

function openFile(path: string): Database.Database {
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  // What was corrected is in no free page.
  database.pragma("secure_delete = ON");
  database.exec(sharingSchema);
  return database;
}

function effectOf({ state }: Pick<CreditRecord, "state">): CorrectionEffect {
  return state === "current" ? "corrected" : state;
}

export const nodesSchema = z.array(nodeIdSchema);

function prepare(database: Database.Database) {
  return {
    place: database.prepare('SELECT feed, up_to AS "upTo", head FROM source WHERE node = ?'),
    move: database.prepare(
      `INSERT INTO source (node, feed, up_to, head) VALUES (@source, @feed, @upTo, @head)
       ON CONFLICT (node) DO UPDATE SET feed = excluded.feed, up_to = excluded.up_to, head = excluded.head`,
    ),
    page: database.prepare(
      "INSERT INTO page (source, feed, from_seq, last, hash, head, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    change: database.prepare(
      "INSERT INTO change (position, seq, item, jurisdiction, kind, line) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    held: database.prepare("SELECT position, seq, feed, version FROM held WHERE source = ? AND record = ?"),
    hold: database.prepare(
      `INSERT OR REPLACE INTO held (source, record, position, seq, feed, version, state, item, scheme, subject)
       VALUES (@source, @record, @position, @seq, @feed, @version, @state, @item, @scheme, @subject)`,
    ),
    blank: database.prepare("UPDATE change SET line = NULL WHERE position = ? AND seq = ?"),
    blankOlder: database.prepare(
      `UPDATE change SET line = NULL WHERE (position, seq) IN
       (SELECT position, seq FROM held WHERE source = ? AND feed <> ?)`,
    ),
    sweep: database.prepare("DELETE FROM held WHERE source = ? AND feed <> ?"),
  };
}
