import { rootOf } from "@xinqiao/protocol/log";
import type { KeptCheckpoint, PublishedLog } from "../../log/index.ts";
import { openReadOnly } from "./database.ts";
import { readFrontier } from "./tree.ts";

export interface OpenedPublishedLog extends PublishedLog {
  close(): void;
}

/** Checkpoints among which one that is cosigned is looked for: ten minutes of a busy log. */
const lately = 600;

/** An audit log that is open already, as others read it. */
export function openPublishedLog(path: string): OpenedPublishedLog {
  const database = openReadOnly(path);
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
  return {
    newest: () => newest.get(),
    witnessed: (cosigners) => witnessed.get(lately, cosigners) ?? newest.get(),
    covering: (size, cosigners) => covering.get(size, cosigners),
    hashes: (level, from, to) => hashes.all(level, from, to),
    leaves: (from, to) => leaves.all(from, to).map((leaf) => Buffer.from(leaf)),
    rootAt: (size) => rootOf(readFrontier(database, size)),
    close: () => void database.close(),
  };
}
