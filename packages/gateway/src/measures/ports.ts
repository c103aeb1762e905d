import type { NodeId } from "@xinqiao/protocol/identity";
import type { MeasureReport, RevocationOutcome, RevokingEffect } from "@xinqiao/protocol/measures";

/** A report as it came. */
export interface KeptReport {
  readonly report: MeasureReport;
  readonly text: string;
  readonly sha256: string;
  /** Whether the city knows that the member was given the record, so that it may hear of what becomes of it. */
  readonly isFollowed: boolean;
}

/** What members did about one source's records, by their newest reports. */
export interface MeasureCount {
  readonly source: NodeId;
  readonly applied: number;
  readonly partly: number;
  readonly notApplied: number;
  /** Of those applied, wholly or partly: how many stand on a record that was repaired, withdrawn or ended since. */
  readonly overtaken: number;
  /** What became of notices of revocation. */
  readonly revoked: number;
  readonly kept: number;
  readonly unanswered: number;
}

/** What members have reported. What is written is on the disk once `durable` resolves. */
export interface Measures {
  /**
   * A member's newer report about the same record of the same exchange replaces the one before; the text of each stays.
   * Of a record that is repaired, withdrawn or ended already its member is to be asked.
   * @returns false when its member is asked about that measure already: it is not kept
   */
  keepReport(kept: KeptReport): boolean;
  measureCounts(): readonly MeasureCount[];
  durable(): Promise<void>;
}

/** A member that is to be asked to revoke what it reported. */
export interface Revocation {
  readonly id: number;
  readonly member: NodeId;
  readonly source: NodeId;
  readonly effect: RevokingEffect;
  /** SHA-256 of the report. */
  readonly report: string;
}

/** One that has its notice. */
export interface OpenRevocation extends Revocation {
  /** SHA-256 of the notice. */
  readonly notice: string;
  /** The last day for an answer. */
  readonly dueOn: string;
}

/** A text that was signed, and what it is named by. */
export interface SignedText {
  readonly text: string;
  readonly sha256: string;
}

/**
 * Whom the city asks to revoke what it did. A measure gets into it in the transaction that takes the record's new version,
 * or the report, and is asked about once; when the record stands again nobody is asked any more.
 */
export interface Revocations {
  /** Records whose last day, as a correction has it, was before this one: who acted upon them is to be asked. Some of them. @returns how many */
  noteEnded(today: string): number;
  /** Those without a notice, with the report as its member signed it: some of them. */
  unsigned(): readonly (Revocation & { readonly reported: string })[];
  signed(id: number, notice: SignedText & { readonly dueOn: string }): void;
  /** Those with a notice that is not in the log yet: some of them. Nobody is handed it before. */
  unannounced(): readonly OpenRevocation[];
  announced(id: number): void;
  /** Those whose day was before this one, and of which that was not said yet: some of them. */
  overdue(today: string): readonly OpenRevocation[];
  saidOverdue(id: number): void;
  /** A member's open notices, the first by their hashes. */
  openOf(member: NodeId): readonly { readonly notice: string; readonly text: string }[];
  isOpen(member: NodeId, notice: string): boolean;
  /** A notice that this member was handed; `isOpen`: its record has not come to stand again. */
  asked(
    member: NodeId,
    notice: string,
  ):
    | {
        readonly id: number;
        readonly source: NodeId;
        readonly outcome: RevocationOutcome | null;
        readonly isOpen: boolean;
      }
    | undefined;
  answered(id: number, answer: SignedText & { readonly outcome: RevocationOutcome }): void;
  /** Whether its member is asked to revoke the measure that the report is about: from then on only an answer counts. */
  isAsked(report: Pick<MeasureReport, "source" | "record" | "iss" | "exchange">): boolean;
  /** All that wait for an answer, those due first, with the report as its member signed it. */
  open(): readonly (OpenRevocation & { readonly reported: string })[];
}
