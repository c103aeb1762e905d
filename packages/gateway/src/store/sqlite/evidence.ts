import { randomBytes } from "node:crypto";
import { nobodysTag, type SubjectTag } from "../../log/index.ts";
import type { Database } from "./database.ts";
import { type Part, seal, sealingKeyBytes } from "./sealing.ts";
import type { StagedEvidence } from "./staged.ts";

/** What is kept beside entries, sealed under a key for each subject. Called inside the writer's transaction only. */
export interface EvidenceStore {
  put(entry: number, evidence: StagedEvidence): void;
  /** Adds a part to what an entry has; nothing to an entry that has nothing, or nothing any more. */
  add(entry: number, part: Part, text: string): void;
  /** Destroys a subject's key and all that was sealed under it; returns how many entries have lost something. */
  erase(tag: SubjectTag): number;
  /** Deletes some of what is past its time; returns how many entries have lost something. */
  expire(now: number): number;
}

/** Entries cleared in one write: few enough never to stall a commit. */
const slice = 512;

export function createEvidence(database: Database): EvidenceStore {
  const sql = prepare(database);

  function keyOf(tag: Buffer): Buffer {
    const known = sql.key.get(tag);
    if (known) return known.key;
    const key = randomBytes(sealingKeyBytes);
    sql.newKey.run(tag, key);
    return key;
  }

  return {
    put(entry, { tag: text, until, kept }) {
      const tag = Buffer.from(text, "hex");
      sql.put.run(entry, "entry", tag, until, seal(keyOf(tag), { entry, part: "entry" }, kept));
    },
    add(entry, part, text) {
      const beside = sql.beside.get(entry);
      if (beside === undefined) return;
      const { tag, until } = beside;
      sql.put.run(entry, part, tag, until, seal(keyOf(tag), { entry, part }, text));
    },
    erase(text) {
      const tag = Buffer.from(text, "hex");
      const entries = sql.countOf.get(tag)?.entries ?? 0;
      sql.erase.run(tag);
      sql.dropKey.run(tag);
      return entries;
    },
    expire(now) {
      const rows = sql.expired.all(now, slice);
      for (const { entry } of rows) sql.drop.run(entry);
      const tags = new Set(rows.map(({ tag }) => tag.toString("hex")));
      tags.delete(nobodysTag);
      // A key that opens nothing any more is kept for nobody.
      for (const tag of tags) sql.dropUnusedKey.run(Buffer.from(tag, "hex"));
      return rows.length;
    },
  };
}

interface EvidenceRow {
  readonly entry: number;
  readonly tag: Buffer;
  readonly until: number;
}

function prepare(database: Database) {
  return {
    key: database.prepare<[Buffer], { key: Buffer }>("SELECT key FROM subject_key WHERE tag = ?"),
    newKey: database.prepare("INSERT INTO subject_key (tag, key) VALUES (?, ?)"),
    dropKey: database.prepare("DELETE FROM subject_key WHERE tag = ?"),
    dropUnusedKey: database.prepare(
      "DELETE FROM subject_key AS own WHERE tag = ? AND NOT EXISTS (SELECT 1 FROM evidence WHERE tag = own.tag)",
    ),
    put: database.prepare(
      "INSERT OR REPLACE INTO evidence (entry, part, tag, until, sealed) VALUES (?, ?, ?, ?, ?)",
    ),
    beside: database.prepare<[number], Pick<EvidenceRow, "tag" | "until">>(
      "SELECT tag, until FROM evidence WHERE entry = ? AND part = 'entry'",
    ),
    countOf: database.prepare<[Buffer], { entries: number }>(
      "SELECT count(*) AS entries FROM evidence WHERE tag = ? AND part = 'entry'",
    ),
    erase: database.prepare("DELETE FROM evidence WHERE tag = ?"),
    // An entry's parts have one time.
    expired: database.prepare<[number, number], EvidenceRow>(
      "SELECT entry, tag, until FROM evidence WHERE until < ? AND part = 'entry' LIMIT ?",
    ),
    drop: database.prepare("DELETE FROM evidence WHERE entry = ?"),
  };
}
