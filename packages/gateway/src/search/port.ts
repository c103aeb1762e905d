import type {
  AlertsRequest,
  CountRow,
  CountsRequest,
  Criteria,
  FoundLine,
  SearchPlace,
} from "@xinqiao/protocol/audit";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";

import type { FactFloors, HourFacts } from "../alerts/index.ts";
import type { SubjectTag } from "../log/index.ts";

/** Criteria as the index knows them: whom an entry is about, and under which case it was asked, are tags there. */
export interface IndexedCriteria extends Omit<Criteria, "subject" | "caseReference" | "from" | "to"> {
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly tag?: Uint8Array | undefined;
  readonly caseTag?: Uint8Array | undefined;
  /** W3C trace id. */
  readonly trace?: string | undefined;
}

export interface IndexQuery {
  readonly criteria: IndexedCriteria;
  readonly limit: number;
  /** The log as it was with so many entries; as it is, when neither this nor a place is given. */
  readonly size?: number | undefined;
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

/** An alert that is in the log, by the indexes of its entries. */
export interface AlertPlace {
  readonly raised: FoundLine;
  readonly acknowledged?: number | undefined;
}

export interface CountedLines {
  readonly rows: CountRow[];
  readonly cut: boolean;
  readonly size: number;
  readonly root: string;
}

/** The audit log by what its entries say. It runs behind the log by moments, and is made from it alone. Fails with `log.search-unavailable`. */
export interface SearchIndex {
  search(query: IndexQuery): Promise<Result<FoundPage, Fault>>;
  count(request: CountsRequest): Promise<Result<CountedLines, Fault>>;
  /** What use there was in the hour from an instant on. */
  facts(from: number, floors: FactFloors): Promise<Result<HourFacts, Fault>>;
  /** Until when use was looked at; nothing when it never was. */
  watched(): Promise<Result<number | undefined, Fault>>;
  watch(until: number): Promise<Result<void, Fault>>;
  isRaised(alert: string): Promise<Result<boolean, Fault>>;
  /** Newest first; of one id alone, or of none. */
  alerts(request: AlertsRequest): Promise<Result<readonly AlertPlace[], Fault>>;
  /** Lines that begin with these entries. */
  lines(entries: readonly number[]): Promise<Result<readonly FoundLine[], Fault>>;
  /** What is about the subject of a tag was erased from the log: nothing is found by the tag any more. */
  forget(tag: SubjectTag): Promise<Result<void, Fault>>;
  /** Entries of the log that are in it. */
  size(): number;
}
