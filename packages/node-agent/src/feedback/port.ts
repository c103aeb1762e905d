import type { RevocationDone, RevocationNotice } from "@xinqiao/protocol/measures";

/** A notice of revocation, as the city has signed it. */
export interface HeardNotice {
  readonly claims: RevocationNotice;
  readonly text: string;
  /** SHA-256 of the text. */
  readonly notice: string;
}

/** What this member has answered to one. */
export type GivenAnswer = Pick<RevocationDone, "outcome" | "on" | "reason">;

/** A notice, and how it stands. `settled`: the city waits for no answer any more. */
export interface KeptNotice {
  /** This agent's own: for people to name it by. */
  readonly number: number;
  readonly notice: string;
  readonly claims: RevocationNotice;
  readonly settled: boolean;
  readonly answer?: GivenAnswer;
}

export interface UnsentAnswer {
  readonly notice: string;
  readonly text: string;
}

/** What the city has asked this member to revoke, and what it answered. */
export interface RevocationBook {
  /** Hashes of notices that are neither answered nor settled: the first so many. */
  open(): readonly string[];
  /** Notes those that are new, and that the city waits for all of them. @returns how many are new */
  hear(notices: readonly HeardNotice[]): number;
  settle(notices: readonly string[]): void;
  has(notice: string): boolean;
  /** The answer as it was signed. */
  answerTo(notice: string): string | undefined;
  /** Keeps an answer as it was signed, beside those before it, until the city has said what became of it. */
  answering(notice: string, answer: GivenAnswer, text: string): void;
  /** The city has it: no earlier one counts. */
  answered(answer: UnsentAnswer): void;
  /** The city does not take it: it may have an earlier one. */
  notAnswered(answer: UnsentAnswer): void;
  /** Of notices that are settled or answered the newest answer of which nobody knows whether the city has it. */
  unsent(): readonly UnsentAnswer[];
  /** The newest first. */
  list(): readonly KeptNotice[];
  /** Drops what was settled or answered long ago: notices from before an instant, in seconds since 1970. */
  forget(before: number): number;
  durable(): Promise<void>;
}
