import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Subject, SubjectScheme } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Result } from "@xinqiao/protocol/result";

export interface SourceQuery {
  readonly subject: Subject;
  readonly items: readonly ItemCode[];
}

/** An item of which what was found is not the whole. */
export interface Gap {
  readonly item: ItemCode;
  /** No source holds it for such a subject; or it has rows of the subject that are no valid records. */
  readonly reason: "not-held" | "unreadable";
}

export interface Found {
  readonly records: readonly CreditRecord[];
  /** ISO instant up to which this source's data is known to be current. */
  readonly asOf: string;
  /** Absent when nothing is missing. */
  readonly gaps?: readonly Gap[];
}

/** Where a member keeps its records: imported files, the platform's own tables, or the platform's HTTP API. */
export interface RecordSource {
  readonly name: string;
  readonly type: "file" | "database" | "service" | "composite";
  /** Items this source can answer about a subject known by an identifier of this scheme. Throws when it cannot be read. */
  held(scheme: SubjectScheme): ReadonlySet<ItemCode>;
  /** Every record of the subject, in any state; the answer decides what is disclosed. Fails with `source.unavailable`. */
  find(query: SourceQuery, signal: AbortSignal): Promise<Result<Found, Fault>>;
  /** A cheap probe for `doctor` and `/readyz`. */
  check(signal: AbortSignal): Promise<Result<{ readonly detail: string }, Fault>>;
  close(): Promise<void>;
}
