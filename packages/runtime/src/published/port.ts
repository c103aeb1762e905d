import type { Fault } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";

/** What the city serves of one kind of document. */
export interface Origin {
  /** The newest version's text; `unchanged` when it is the one whose hash is given. */
  newest(hash: string | undefined): Promise<Result<string | "unchanged", Fault>>;
  version(version: number): Promise<Result<string, Fault>>;
}

/** Keeps the version this member decides by, for its next start. */
export type Keep = (text: string) => Promise<void>;
