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
  /** Keeps an answer as it was signed, before the city is told. */
  answering(notice: string, answer: GivenAnswer, text: string): void;
  /** The city has it. */
  answered(notice: string): void;
  /** The city does not take it. */
  notAnswered(notice: string): void;
  /** Of notices that the city has settled answers of which nobody knows whether it has them. */
  unsent(): readonly UnsentAnswer[];
  /** The newest first. */
  list(): readonly KeptNotice[];
  /** Drops what was settled or answered long ago: notices from before an instant, in seconds since 1970. */
  forget(before: number): number;
  durable(): Promise<void>;
}
