import type { Criteria, FoundLine, SearchPlace } from "@xinqiao/protocol/audit";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";

/** Criteria as the index knows them: whom an entry is about is a tag there. */
export interface IndexedCriteria extends Omit<Criteria, "subject" | "from" | "to"> {
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly tag?: Uint8Array | undefined;
  /** W3C trace id. */
  readonly trace?: string | undefined;
}

export interface IndexQuery {
  readonly criteria: IndexedCriteria;
  readonly limit: number;
  readonly after?: SearchPlace | undefined;
}

/** One page, newest first, of the log as it was at `size`. */
export interface FoundPage {
  readonly lines: readonly FoundLine[];
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly next?: SearchPlace | undefined;
}

/** The audit log by what its entries say. It runs behind the log by moments, and is made from it alone. */
export interface SearchIndex {
  /** Fails with `log.search-unavailable`. */
  search(query: IndexQuery): Promise<Result<FoundPage, Fault>>;
  /** Entries of the log that are in it. */
  size(): number;
}
