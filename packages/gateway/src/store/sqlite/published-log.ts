import { emptyRoot, rootOf } from "@xinqiao/protocol/log";
import type { AgingLog, KeptCheckpoint } from "../../log/index.ts";
import { archivedSize, hashReader, openReadOnly } from "./database.ts";
import { readFrontier } from "./tree.ts";

export interface OpenedPublishedLog extends AgingLog {
  /** What is durable. */
  head(): { readonly size: number; readonly root: string };
  /** What the database takes, without the room in it that is free. */
  usedBytes(): number;
  close(): void;
}

/** Checkpoints among which one that is cosigned is looked for: ten minutes of a busy log. */
const lately = 600;

/** An audit log that is open already, as others read it. */
export function openPublishedLog(path: string): OpenedPublishedLog {
  const database = openReadOnly(path);
  // The upper levels of the tree, which every proof reads, and those of its index.
  database.pragma("cache_size = -16384");
  const columns = "SELECT size, at, note, cosigners FROM checkpoint";
  const newest = database.prepare<[], KeptCheckpoint>(`${columns} ORDER BY size DESC LIMIT 1`);
  const covering = database.prepare<[number, number], KeptCheckpoint>(
    `${columns} WHERE size >= ? AND cosigners >= ? ORDER BY size LIMIT 1`,
  );
  const witnessed = database.prepare<[number, number], KeptCheckpoint>(
    `SELECT * FROM (${columns} ORDER BY size DESC LIMIT ?) WHERE cosigners >= ? ORDER BY size DESC LIMIT 1`,
  );
  const hashes = database
    .prepare<[number, number, number], Buffer>(
      "SELECT hash FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx",
    )
    .pluck();
  const leaves = database
    .prepare<[number, number], string>("SELECT leaf FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx")
    .pluck();
  const inDatabase = database
    .prepare<[number, number], Buffer>("SELECT hash FROM node WHERE level = ? AND idx = ?")
    .pluck();
  const hashOf = hashReader(database);
  const head = database.prepare<[], { size: number; root: Buffer }>("SELECT size, root FROM head");
  const at = database.prepare<[number], number>("SELECT at FROM entry WHERE idx = ?").pluck();

  /** Those in front have left for the archive. A proof asks for one at a time. */
  function hashesFrom(level: number, from: number, to: number): readonly Buffer[] {
    const single = to - from === 1 ? inDatabase.get(level, from) : undefined;
    if (single !== undefined) return [single];
    const kept = hashes.all(level, from, to);
    const gone = Array.from({ length: to - from - kept.length }, (_, place) => hashOf(level, from + place));
    return [...gone.filter((hash) => hash !== undefined), ...kept];
  }

  return {
    newest: () => newest.get(),
    witnessed: (cosigners) => witnessed.get(lately, cosigners) ?? newest.get(),
    covering: (size, cosigners) => covering.get(size, cosigners),
    hashes: hashesFrom,
    leaves: (from, to) => leaves.all(from, to).map((leaf) => Buffer.from(leaf)),
    writtenAt: (index) => at.get(index) ?? Number.NaN,
    archived: () => archivedSize(database),
    usedBytes() {
      const [pages, free, bytes] = ["page_count", "freelist_count", "page_size"].map((name) =>
        Number(database.pragma(name, { simple: true })),
      );
      return ((pages ?? 0) - (free ?? 0)) * (bytes ?? 0);
    },
    head() {
      const { size, root } = head.get() ?? { size: 0, root: emptyRoot };
      return { size, root: root.toString("base64") };
    },
    rootAt: (size) => rootOf(readFrontier(database, size)),
    close: () => void database.close(),
  };
}
