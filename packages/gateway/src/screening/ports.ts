import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId, Subject } from "@xinqiao/protocol/identity";
import type { ToldRecord } from "@xinqiao/protocol/screening";

/** A member that has told of its records. */
export interface Teller {
  readonly node: NodeId;
  /** Milliseconds since 1970: when it last told anything. */
  readonly at: number;
}

/** What members have told, by whom it is about. */
export interface ToldRecords {
  /** Reads in one go: the file is locked once, and not for every subject. */
  readTogether<T>(read: () => T): T;
  tellers(): readonly Teller[];
  about(subject: Pick<Subject, "scheme" | "id">, items: readonly ItemCode[]): readonly ToldRecord[];
  /** Whether no other version has come since, and it was not dropped. */
  stands(told: ToldRecord): boolean;
}

/** A version of a record that a screening has handed out. */
export interface GivenRecord {
  /** Request id of the screening. */
  readonly exchange: string;
  readonly source: NodeId;
  readonly record: string;
  readonly version: number;
}

/** What screenings have handed out. Nobody can report about anything else, nor learn by a report whether it is there. */
export interface GivenRecords {
  /** @param day on which they are given, to be forgotten once it is long past */
  give(exchange: string, records: readonly Omit<GivenRecord, "exchange">[], day: string): void;
  wasGiven(given: GivenRecord): boolean;
}
