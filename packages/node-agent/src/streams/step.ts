import { err, type Result } from "@xinqiao/protocol/result";

/** Why a stream does not go on. */
export interface StreamFault {
  readonly code: /** The platform cannot be read; `why` is a phrase of our own. */
    | "intake.stream-unreadable"
    /** The catalogue of the moment does not fit the mapping. */
    | "intake.mapping-unfit"
    /** Rows without a value in the column that says when they changed would never be seen. */
    | "intake.mark-missing"
    /** More than a page of rows say that they change in days to come: what follows cannot be told from them. */
    | "intake.mark-ahead"
    /** The agent's own store refuses; `why` is its code. */
    | "intake.not-taken"
    /** More rows are gone than go without an operator's word. */
    | "intake.rows-missing";
  readonly why?: string;
  readonly known?: number;
  readonly missing?: number;
}

export interface Stepped {
  /** Whether there is more to read at once. */
  readonly again: boolean;
  /** All that the platform said by then is held; milliseconds since 1970. Absent: not known. */
  readonly asOf?: number;
}

/** What was read, and what is wrong all the same: it ends nothing that could be found beside it. */
export interface Noticed extends Stepped {
  readonly fault?: StreamFault;
}

/** Reads a page, and takes it. */
export type Step = (signal: AbortSignal) => Promise<Result<Stepped, StreamFault>>;

export const unreadable = (why: string) => err<StreamFault>({ code: "intake.stream-unreadable", why });
