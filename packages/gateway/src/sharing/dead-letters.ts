import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Code } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";

/** A change that is not taken. */
export interface RefusedRecord {
  readonly seq: number;
  readonly code: Code;
  readonly record: CreditRecord;
  /** Whether the very same is held: told twice, nothing is missing. */
  readonly isHeld: boolean;
}

/**
 * A record of which the newest version that its source told was refused. It says which and why, and nothing of what the
 * record says: what the city does not take it does not keep.
 */
export interface DeadLetter {
  readonly source: NodeId;
  readonly record: string;
  readonly version: number;
  readonly item: ItemCode;
  readonly code: string;
  /** Milliseconds since 1970: when this version was refused first. */
  readonly since: number;
  /** Whether its source is asked to tell it again. */
  readonly isAskedFor: boolean;
}

/** Which of them; what is not said is any. */
export interface LetterChoice {
  readonly source?: NodeId | undefined;
  readonly code?: string | undefined;
  readonly record?: string | undefined;
}

export interface LetterCount {
  readonly source: NodeId;
  readonly code: string;
  readonly count: number;
}

/** Changes that were refused, until their source tells something better of the record. */
export interface DeadLetters {
  /** The oldest first. */
  letters(choice: LetterChoice, limit: number): readonly DeadLetter[];
  /** Whether this version is refused for that already. */
  isLetter(source: NodeId, refused: Pick<RefusedRecord, "code" | "record">): boolean;
  letterCounts(): readonly LetterCount[];
  countLetters(choice: LetterChoice): number;
  /** Records that a source is asked to tell again with its next page: some of them. */
  again(source: NodeId): readonly string[];
  /** From now on their sources are asked to tell them again. @returns how many */
  askAgain(choice: LetterChoice): number;
  /** Off the list: refused they stay. @returns how many */
  dropLetters(choice: LetterChoice): number;
}
