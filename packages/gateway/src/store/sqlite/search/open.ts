import { z } from "zod";
import type { FoundPage, IndexQuery } from "../../../search/index.ts";
import { type Database, openReadOnly } from "../database.ts";
import { createFollower, type Follower, isIndexOf, progressOf } from "./follow.ts";
import { createSearchReader } from "./reader.ts";
import { createEmpty, openSearchDatabase } from "./schema.ts";

export const searchPathsSchema = z.object({
  /** The log, which another thread writes. */
  log: z.string(),
  /** The index's own file: it can be thrown away at any time, and is then built anew. */
  search: z.string(),
});
export type SearchPaths = z.infer<typeof searchPathsSchema>;

export interface OpenedSearch extends Follower {
  search(query: IndexQuery): FoundPage;
  /** Takes a subject's tag out: what is erased in the log is not to be found here either. */
  forget(tag: Uint8Array): void;
  close(): void;
}

/** The index beside its log, in the caller's own thread. It is as far as it was left, until `step` takes it further. */
export function openSearch(paths: SearchPaths): OpenedSearch {
  const log = openReadOnly(paths.log);
  const index = openIndexOf(log, paths.search);
  const { step, size } = createFollower(log, index);
  const forget = index.prepare<[Uint8Array]>("UPDATE line SET tag = NULL WHERE tag = ?");
  const find = createSearchReader(log, index);
  return {
    step,
    size,
    search: (query) => find(query, size()),
    forget(tag) {
      forget.run(tag);
      index.pragma("wal_checkpoint(TRUNCATE)");
    },
    close() {
      index.close();
      log.close();
    },
  };
}

/** An index that was made from another log is thrown away. */
function openIndexOf(log: Database, path: string): Database {
  const index = openSearchDatabase(path);
  const progress = progressOf(index);
  if (progress === undefined || isIndexOf(log, progress)) return index;
  index.close();
  return createEmpty(path);
}
