import type { Answered } from "./answer-file.ts";

/** Something that an operator has to see to; the file, when it is about one, is not lost. */
export interface HandoverFault {
  readonly code: /** `in` cannot be read: missing, or a share that is away. */
    | "intake.folder-unreadable"
    /** A folder or a link lies in `in`: what is in it is not read. */
    | "intake.no-file"
    /** A file cannot be taken over. */
    | "intake.not-taken-over"
    /** A file was not read to its end: it changes, or store or disk refuse. */
    | "intake.not-answered"
    /** A file was removed while it was read. */
    | "intake.gone"
    /** `done` or `quarantine` cannot be written. */
    | "intake.not-handed-back";
  readonly file?: string;
  /** What the system, the store or the import calls it. */
  readonly reason?: string;
}

export interface HandoverEvents {
  fileAnswered(
    file: string,
    answered: Extract<Answered, { outcome: "taken" | "kept-back" | "refused" }>,
  ): void;
  /** The first of several in a row about one file, or about the folder. */
  handoverFault(fault: HandoverFault): void;
  /** How many there are now: after each look. */
  handoverFaults(count: number): void;
  failed(error: unknown): void;
}
