import type { Answer, Question } from "@xinqiao/protocol/exchange";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Member } from "@xinqiao/protocol/registry";
import type { Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import type { Deadline } from "./deadline.ts";

/** A question as it goes to one node; the milliseconds left are filled in for each attempt. */
export type TargetQuestion = Omit<Question, "remainingMs">;

/** An answer that was verified, with the node's own signed text. */
export interface VerifiedAnswer {
  readonly answer: Answer;
  readonly jws: string;
}

/** Asks one node. Never throws and never outlasts the deadline; a fault names the cause. */
export type AskNode = (
  target: Member,
  question: TargetQuestion,
  deadline: Deadline,
  trace: TraceContext,
) => Promise<Result<VerifiedAnswer, Fault>>;
