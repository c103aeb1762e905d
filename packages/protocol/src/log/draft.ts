import type { LogEntry, OutcomeRow } from "./entry.ts";

/** An outcome row as a use case has it: the node's signed answer itself, of which the leaf keeps a commitment. */
export interface OutcomeRowDraft extends Omit<OutcomeRow, "answerCommitment"> {
  readonly answer?: string | undefined;
}

type Stamped = "v" | "at" | "commitments" | "rows";

type DraftOf<Entry> = Entry extends LogEntry
  ? Readonly<Omit<Entry, Stamped>> & {
      /** Values that may be personal data, by field name: the log keeps commitments to them, never them. */
      readonly private?: Readonly<Record<string, string>>;
    } & (Entry extends { kind: "lookup.outcome" } ? { readonly rows: readonly OutcomeRowDraft[] } : unknown)
  : never;

/** What a use case hands to the log: the entry before it is stamped and its private values committed to. */
export type LogEntryDraft = DraftOf<LogEntry>;
