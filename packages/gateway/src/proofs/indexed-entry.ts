import { decodeEntry, type LogEntry } from "@xinqiao/protocol/log";
import type { IndexedLeaf } from "../log/index.ts";

export interface IndexedEntry extends IndexedLeaf {
  readonly entry: LogEntry;
}

/** Throws on a leaf that is none: the log is damaged then. */
export function readLeaf({ index, leaf }: IndexedLeaf): IndexedEntry {
  const entry = decodeEntry(Buffer.from(leaf));
  if (!entry.ok) throw new Error(`entry ${index} cannot be read: ${entry.error}`);
  return { index, leaf, entry: entry.value };
}
