import type { AlertsRequest, CountsRequest, FoundLine } from "@xinqiao/protocol/audit";
import type { FactFloors, HourFacts } from "../../../alerts/index.ts";
import type { CountedLines, FoundPage, IndexQuery } from "../../../search/index.ts";
import { type Database, openReadOnly } from "../database.ts";
import { type AlertBook, openAlertBook } from "./alerts.ts";
import { createCounts } from "./counts.ts";
import { createFactReader } from "./facts.ts";
import { createFollower, type Follower, isIndexOf, progressOf } from "./follow.ts";
import { createSearchReader } from "./reader.ts";
import { createEmpty, openSearchDatabase } from "./schema.ts";

export interface IndexOptions {
  /** The log, which another thread writes. */
  readonly log: string;
  /** The index's own file: it can be thrown away at any time, and is then built anew. */
  readonly search: string;
  /** Keys the tags of cases, as it does those of subjects in the log. */
  readonly tagKey: Uint8Array;
}

export interface OpenedSearch extends Follower, AlertBook {
  search(query: IndexQuery): FoundPage;
  count(request: CountsRequest): CountedLines;
  facts(from: number, floors: FactFloors): HourFacts;
  lines(entries: readonly number[]): FoundLine[];
  alerts(request: AlertsRequest): ReturnType<AlertBook["alerts"]>;
  close(): void;
}

/** The index beside its log, in the caller's own thread. It is as far as it was left, until `step` takes it further. */
export function openSearch(options: IndexOptions): OpenedSearch {
  const log = openReadOnly(options.log);
  const index = openIndexOf(log, options.search);
  const { step, size, forget } = createFollower({ log, index, tagKey: options.tagKey });
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
