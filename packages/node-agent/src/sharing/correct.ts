import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Result } from "@xinqiao/protocol/result";

/** What is done to a record of this member's own. */
export type CorrectionAct =
  | { readonly state: "withdrawn" | "repaired" | "current" }
  | { readonly state: "annotated"; readonly annotation: string };

/** Why a record is left as it is. */
export type CorrectionFault = "record-unknown" | "as-it-stands" | "annotation-too-long";

/** How a record stands, whatever else it says. */
export type RecordStanding = Pick<CreditRecord, "state" | "annotation">;

/** This member's own records, as far as they are corrected. */
export interface OwnRecords {
  /** Nothing of one that cannot be read, either. */
  byId(id: string): CreditRecord | undefined;
  /** Also of one that cannot be read. */
  standing(id: string): RecordStanding | undefined;
  /** The ISO instant at which a file said otherwise of it last than one before. */
  changedAt(id: string): string | undefined;
  /**
   * Makes the next version, also of a record that cannot be read: this is how it comes right.
   * @param atLeast a version that it has to have reached by then: those between are nobody's
   */
  correct(
    id: string,
    act: CorrectionAct,
    recordedAt: string,
    atLeast?: number,
  ): Result<{ readonly version: number }, CorrectionFault>;
}
