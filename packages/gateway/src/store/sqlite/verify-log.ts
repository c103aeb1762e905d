import {
  appendLeaf,
  decodeEntry,
  emptyFrontier,
  type LogEntry,
  leafHash,
  rootOf,
} from "@xinqiao/protocol/log";
import { openReadOnly } from "./database.ts";

export interface LogReport {
  readonly size: number;
  /** Base64, as recomputed from the leaves. */
  readonly root: string;
  /** What does not agree, in plain words; empty for a sound log. */
  readonly findings: readonly string[];
}

interface EntryRow {
  readonly idx: number;
  readonly leaf: string;
}

const maxFindings = 20;

/** Recomputes the whole tree from the leaves and compares every stored node and the head. Reads as a stream. */
export function verifyLog(path: string, onProgress?: (done: number) => void): LogReport {
  const database = openReadOnly(path);
  try {
    // One snapshot for everything compared: the gateway may be writing meanwhile.
    database.exec("BEGIN");
    const findings: string[] = [];
    const find = (text: string) => findings.length < maxFindings && findings.push(text);
    const node = database.prepare<[number, number], { hash: Buffer }>(
      "SELECT hash FROM node WHERE level = ? AND idx = ?",
    );
    let frontier = emptyFrontier;
    let nodes = 0;
    for (const { idx, leaf } of database
      .prepare<[], EntryRow>("SELECT idx, leaf FROM entry ORDER BY idx")
      .iterate()) {
      if (idx !== frontier.size) find(`entry ${frontier.size} is missing`);
      const entry = decodeEntry(Buffer.from(leaf));
      if (!entry.ok) find(`entry ${idx} cannot be read: ${entry.error}`);
      const appended = appendLeaf(frontier, leafHash(Buffer.from(leaf)));
      for (const { level, index, hash } of appended.nodes) {
        nodes += 1;
        if (!node.get(level, index)?.hash.equals(hash))
          find(`node ${level}/${index} does not agree with entry ${idx}`);
      }
      frontier = appended.frontier;
      if (frontier.size % 10_000 === 0) onProgress?.(frontier.size);
    }
    const root = rootOf(frontier);
    const head = database.prepare<[], { size: number; root: Buffer }>("SELECT size, root FROM head").get();
    if ((head?.size ?? 0) !== frontier.size)
      find(`the head says ${head?.size ?? 0} entries, there are ${frontier.size}`);
    if (head && !head.root.equals(root)) find("the head's root is not the root of the entries");
    const stored = database.prepare<[], { count: number }>("SELECT count(*) AS count FROM node").get();
    if (stored?.count !== nodes) find(`${stored?.count} nodes are stored, ${nodes} belong to the tree`);
    return { size: frontier.size, root: root.toString("base64"), findings };
  } finally {
    database.close();
  }
}

/** Entries `from` up to, not including, `to`, as they were written. */
export function readEntries(path: string, from = 0, to = Number.MAX_SAFE_INTEGER): LogEntry[] {
  const database = openReadOnly(path);
  try {
    const rows = database
      .prepare<[number, number], EntryRow>(
        "SELECT idx, leaf FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx",
      )
      .all(from, to);
    return rows.map(({ idx, leaf }) => {
      const entry = decodeEntry(Buffer.from(leaf));
      if (!entry.ok) throw new Error(`entry ${idx} cannot be read: ${entry.error}`);
      return entry.value;
    });
  } finally {
    database.close();
  }
}
