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
  tellers(): readonly Teller[];
  about(subject: Pick<Subject, "scheme" | "id">, items: readonly ItemCode[]): readonly ToldRecord[];
}
