import { commitmentOf, decodeEntry } from "@xinqiao/protocol/log";
import {
  caseField,
  caseTag,
  nobodysTag,
  openedValue,
  type ReadEvidence,
  type SubjectTag,
} from "../../../log/index.ts";
import { type Database, hashReader } from "../database.ts";
import { evidenceReader } from "../read-evidence.ts";
import { createIndexWriter, type ReadEntry } from "./index-writer.ts";
import { indexed } from "./line.ts";
import { createSweep } from "./sweep.ts";

export interface Follower {
  /** Takes what the log has more, up to one batch: whether there may be more to do. */
  step(): boolean;
  /** Takes the tag of a subject that was erased out of every line beside which the log keeps nothing any more. */
  forget(tag: SubjectTag): void;
  /** Entries taken so far. */
  size(): number;
}

/** Small, so that a search that comes meanwhile hardly waits. */
const batch = 500;

/** A log to follow, the index to take it into, and the key of the index's own tags. */
export interface Followed {
  readonly log: Database;
  readonly index: Database;
  readonly tagKey: Uint8Array;
}

interface LogRow {
  readonly index: number;
  readonly at: number;
  readonly leaf: string;
  readonly leafHash: Buffer;
  readonly tag: Buffer | null;
}

/** Follows the log, which it only reads. Two that follow at once, a gateway and a command, do not disturb each other. */
export function createFollower({ log, index, tagKey }: Followed): Follower {
  const rows = log.prepare<[number, number], LogRow>(
    `SELECT entry.idx AS "index", entry.at, entry.leaf, coalesce(node.hash, archived_hash(0, entry.idx)) AS leafHash,
            (SELECT tag FROM evidence
             WHERE evidence.entry = entry.idx AND tag <> unhex('${nobodysTag}') LIMIT 1) AS tag
     FROM entry LEFT JOIN node ON node.level = 0 AND node.idx = entry.idx
     WHERE entry.idx >= ? ORDER BY entry.idx LIMIT ?`,
  );
  const beside = evidenceReader(log);
  const read = (row: LogRow) => readRow(row, beside, tagKey);
  const progress = prepareProgress(index);
  const take = createIndexWriter(index);
  const size = () => progress.get()?.size ?? 0;
  const takeMore = index.transaction(() => {
    const more = rows.all(size(), batch).map(read);
    take(more);
    return more;
  });
  const sweep = createSweep(log, index);
  return {
    size,
    step() {
      const more = takeMore.immediate();
      if (more.some(({ indexed: said }) => said && "line" in said && said.line.erases)) sweep.begin();
      // Also while the log grows: what was erased does not wait until nobody asks.
      const swept = sweep.step();
      return more.length > 0 || swept;
    },
    forget: (tag) => sweep.forget(Buffer.from(tag, "hex")),
  };
}

export interface Progress {
  readonly size: number;
  readonly tip: Buffer;
}

const prepareProgress = (index: Database) => index.prepare<[], Progress>("SELECT size, tip FROM progress");

export function progressOf(index: Database): Progress | undefined {
  return prepareProgress(index).get();
}

/** Whether the index was made from this log: a log that was restored, or is another, has another entry at its end. */
export function isIndexOf(log: Database, { size, tip }: Progress): boolean {
  return hashReader(log)(0, size - 1)?.equals(tip) ?? false;
}

/** By the instant that the leaf tells. One that cannot be read is found by its hash only: `log verify` reports it. */
function readRow(
  { leaf, ...row }: LogRow,
  beside: (entry: number) => ReadEvidence,
  tagKey: Uint8Array,
): ReadEntry {
  const entry = decodeEntry(Buffer.from(leaf));
  if (!entry.ok) return { ...row, caseTag: null, indexed: undefined };
  // Opened for the few that have one.
  const reference =
    commitmentOf(entry.value, caseField) && openedValue(entry.value, beside(row.index), caseField);
  const tag = reference === undefined ? null : caseTag(tagKey, reference);
  return { ...row, at: Date.parse(entry.value.at), caseTag: tag, indexed: indexed(entry.value) };
}
