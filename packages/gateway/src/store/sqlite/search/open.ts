import type { AlertsRequest, CountsRequest, FoundLine } from "@xinqiao/protocol/audit";
import { z } from "zod";
import type { FactFloors, HourFacts } from "../../../alerts/index.ts";
import type { CountedLines, FoundPage, IndexQuery } from "../../../search/index.ts";
import { type Database, openReadOnly } from "../database.ts";
import { type AlertBook, openAlertBook } from "./alerts.ts";
import { createCounts } from "./counts.ts";
import { createFactReader } from "./facts.ts";
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

export interface OpenedSearch extends Follower, AlertBook {
  search(query: IndexQuery): FoundPage;
  count(request: CountsRequest): CountedLines;
  facts(from: number, floors: FactFloors): HourFacts;
  lines(entries: readonly number[]): FoundLine[];
  alerts(request: AlertsRequest): ReturnType<AlertBook["alerts"]>;
  close(): void;
}

/** The index beside its log, in the caller's own thread. It is as far as it was left, until `step` takes it further. */
export function openSearch(paths: SearchPaths): OpenedSearch {
  const log = openReadOnly(paths.log);
  const index = openIndexOf(log, paths.search);
  const { step, size, forget } = createFollower(log, index);
  const reader = createSearchReader(log, index);
  const count = createCounts(index);
  const line = (place: number) => reader.line(place, size());
  return {
    ...openAlertBook(index, line),
    step,
    size,
    forget,
    search: (query) => reader.search(query, size()),
    count: (request) => ({ ...count(request), size: size(), root: reader.root(size()) }),
    facts: createFactReader(index),
    lines: (entries) => entries.filter((place) => place < size()).map(line),
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
