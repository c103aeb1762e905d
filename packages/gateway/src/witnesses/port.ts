import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";

/** A witness's answer to `add-checkpoint` (C2SP tlog-witness). */
export interface WitnessReply {
  readonly status: number;
  readonly body: string;
}

/** The way to witnesses. */
export interface WitnessLine {
  addCheckpoint(endpoint: string, body: string): Promise<Result<WitnessReply, Fault>>;
  /** The checkpoint of this log that it cosigned last, as a note; nothing when it has none. */
  held(endpoint: string): Promise<Result<string | undefined, Fault>>;
}

/** A head that this log's key has signed and this log never had. */
export interface WitnessAlarm {
  readonly witness: NodeId;
  readonly finding: "ahead" | "forked";
  /** The two notes, for people to hold side by side. */
  readonly held: string;
  readonly ours: string;
  readonly heldSize: number;
  readonly heldRoot: string;
}
