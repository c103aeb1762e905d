import type { FoundLine } from "@xinqiao/protocol/audit";
import { appendLeaf, emptyFrontier, leafHash, rootOf } from "@xinqiao/protocol/log";

/** RFC 9162 tree hash over the leaves of all entries, in the order of their lines. */
export interface EntriesRoot {
  take(line: FoundLine): void;
  /** Base64url. */
  root(): string;
}

export function createEntriesRoot(): EntriesRoot {
  let frontier = emptyFrontier;
  return {
    take({ entries }) {
      for (const { leaf } of entries) frontier = appendLeaf(frontier, leafHash(Buffer.from(leaf))).frontier;
    },
    root: () => rootOf(frontier).toString("base64url"),
  };
}
