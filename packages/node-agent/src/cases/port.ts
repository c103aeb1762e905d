import type { Case, Due } from "@xinqiao/protocol/cases";

/** A case that this member has raised, or that is about a record of its own. */
export interface HeldCase {
  readonly case: Case;
  /** As they were signed. */
  readonly steps: readonly string[];
  readonly due: Due | undefined;
  /** The record's version from when it was annotated because of the case; none of another member's. */
  readonly sinceVersion: number | undefined;
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
  all(): readonly HeldCase[];
  /** The same with more steps, or with those that the city has in their stead. */
  put(held: Pick<HeldCase, "case" | "steps" | "due">): void;
  annotated(id: string, version: number): void;
  settle(id: string): void;
}
