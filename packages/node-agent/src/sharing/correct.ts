import type { CreditRecord } from "@xinqiao/protocol/record";

/** What is done to a record of this member's own. */
export type CorrectionAct =
  | { readonly state: "withdrawn" | "repaired" | "current" }
  | { readonly state: "annotated"; readonly annotation: string };

/** This member's own records, as far as they are corrected. */
export interface OwnRecords {
  byId(id: string): CreditRecord | undefined;
  /** The ISO instant at which a file said otherwise of it last than one before. */
  changedAt(id: string): string | undefined;
  /**
   * Makes the next version. False when there is no such record, or it stands so already.
   * @param atLeast a version that it has to have reached by then: those between are nobody's
   */
  correct(id: string, act: CorrectionAct, recordedAt: string, atLeast?: number): boolean;
}
