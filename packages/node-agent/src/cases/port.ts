import type { Case, DeliveredCase, Due } from "@xinqiao/protocol/cases";
import type { NodeId } from "@xinqiao/protocol/identity";

/** A case that this member has raised, or that is about a record of its own. */
export interface HeldCase {
  readonly case: Case;
  /** As they were signed. */
  readonly steps: readonly string[];
  readonly due: Due | undefined;
  /**
   * Hash of what the own record said when the case was heard; empty where that was another thing already than when the
   * case was opened. None of another member's record, and none while there is no such record.
   */
  readonly content: string | undefined;
  /** Whether the record was made to be as decided. */
  readonly settled: boolean;
}

/** How far the city's word of cases was read. */
export interface CasePlace {
  readonly position: number;
  readonly head: string | null;
}

/** The cases of this member. */
export interface CaseShelf {
  /** Whether there has ever been one. */
  any(): boolean;
  /** From now on the city is asked. */
  begin(): void;
  place(): CasePlace;
  readTo(place: CasePlace): void;
  find(id: string): HeldCase | undefined;
  /** The most urgent first, as the city lists them; of those that are due alike, the newest. */
  all(): readonly HeldCase[];
  /** Kinds of the undecided cases about a record, but for one. */
  othersAbout(opened: Case["opened"]): readonly Case["opened"]["kind"][];
  /** Cases about records that a member has and that are not as the case says yet: the record came later, or the work was interrupted. */
  unapplied(source: NodeId): readonly HeldCase[];
  /** The same with more steps, or with those that the city has in their stead. */
  put(held: Pick<HeldCase, "case" | "steps" | "due">): void;
  /** A step is kept as it was signed before the city is asked: not knowing what became of it, it is asked the same. */
  keepUnsent(id: string, text: string): void;
  unsent(id: string): string | undefined;
  dropUnsent(id: string): void;
  /** Sets aside what could not be opened as it came; a key may be known here later than at the city. */
  setAside(delivered: DeliveredCase): void;
  aside(): readonly DeliveredCase[];
  takeUp(delivered: DeliveredCase): void;
  /** The record has come under the case. */
  begun(id: string, content: string): void;
  settle(id: string): void;
}
