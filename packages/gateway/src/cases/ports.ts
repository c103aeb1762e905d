import type { Case, CaseReply, CaseStep, DeliveredCase, Due } from "@xinqiao/protocol/cases";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";

/** A step that counts, as it came. */
export interface TakenStep {
  readonly step: CaseStep;
  readonly text: string;
  readonly sha256: string;
  /** The case, with it. */
  readonly case: Case;
  readonly due: Due | undefined;
  /** Where it stands in the log. */
  readonly log: CaseReply["log"];
}

export interface KeptStep {
  readonly text: string;
  readonly sha256: string;
  readonly log: CaseReply["log"];
}

export interface KeptCase {
  readonly case: Case;
  readonly steps: readonly KeptStep[];
  readonly due: Due | undefined;
}

export type Finding = Extract<CaseStep, { step: "checked" }>["finding"];

/** What the city's people have found; it counts once the gateway has signed it. */
export interface PendingCheck {
  readonly case: string;
  readonly finding: Finding;
  /** As it was signed, when it was. */
  readonly text?: string;
}

export interface OverdueCase {
  readonly case: string;
  readonly kind: Case["opened"]["kind"];
  readonly due: Due;
}

/** Where a reader is among all steps. */
export interface CasePlace {
  readonly position: number;
  /** Hash of the step there; null at 0. */
  readonly head: string | null;
}

export interface CaseNews extends CasePlace, DeliveredCase {
  readonly id: string;
}

/** Objections and repairs. What is written is on the disk once `durable` resolves. */
export interface CaseBook {
  caseOf(id: string): KeptCase | undefined;
  /** The open ones first, then the newest. */
  cases(limit: number): readonly KeptCase[];
  /** What of a record decides whether a case may be raised about it; nothing when its source has told of none. */
  disputable(
    source: NodeId,
    record: string,
  ): Pick<CreditRecord, "item" | "jurisdiction" | "state" | "disclosedUntil"> | undefined;
  /** Whether a case of that member, of the same kind and about the same record, is undecided. */
  hasOpen(opened: Case["opened"]): boolean;
  keepStep(taken: TakenStep): void;
  /** What people find is the gateway's to sign. */
  leaveCheck(check: PendingCheck): void;
  pendingChecks(): readonly PendingCheck[];
  /** Before it is logged: what is interrupted then is the same step when it is gone on with. */
  keepCheck(id: string, text: string): void;
  dropCheck(id: string): void;
  /** Cases whose last day is over, of which that was not said yet. */
  overdueCases(today: string): readonly OverdueCase[];
  saidCaseOverdue(overdue: OverdueCase): void;
  isStepAt(place: CasePlace): boolean;
  /** A member's cases that have had a step behind a position, in the order of their newest. */
  newsOf(node: NodeId, position: number, limit: number): readonly CaseNews[];
  durable(): Promise<void>;
}
