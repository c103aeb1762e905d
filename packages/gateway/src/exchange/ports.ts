import type { KeptAnswers, KeptRequest } from "@xinqiao/protocol/evidence";
import type { Answer, AnswerTerms, Lookup, Question } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Member } from "@xinqiao/protocol/registry";
import type { Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import type { NonceClaim } from "../log/index.ts";
import type { Seat } from "./company.ts";
import type { Deadline } from "./deadline.ts";

/** A lookup whose sender is known and whose bytes are the sender's. */
export interface AuthenticatedLookup {
  readonly lookup: Lookup;
  readonly requester: Member;
  /** The other city whose gateway has passed it on. */
  readonly forwardedBy?: NodeId;
  readonly exchange: string;
  /** When its sender signed it, by the sender's clock: milliseconds since 1970. */
  readonly askedAt: number;
  readonly claim: NonceClaim;
  readonly trace: TraceContext;
  /** Fires when the asker goes away. */
  readonly gone: AbortSignal;
  /** As it was signed: kept beside its entry. */
  readonly signed: KeptRequest;
  /** Told of the entry beside which the reply is to be kept, and of the answers that are kept there already. */
  readonly replyBeside: (entry: number, answers?: KeptAnswers) => void;
}

/** A question as it goes to one node; the milliseconds left are filled in for each attempt. */
export type TargetQuestion = Omit<Question, "remainingMs">;

/** An answer that was verified, with the node's own signed text. */
export interface VerifiedAnswer {
  readonly answer: Answer;
  readonly jws: string;
}

/** What an ask is part of. */
export interface AskContext {
  readonly deadline: Deadline;
  readonly trace: TraceContext;
  readonly seat: Seat;
  /** What the answer must keep to. */
  readonly terms: AnswerTerms;
  /** Whether the answer's records must come sealed to the requester. */
  readonly sealed: boolean;
}

/** What the city's copy of a member's records says, signed by the city; nothing when it has none, or may not say. */
export type AnswerFromCopy = (
  target: Member,
  question: TargetQuestion,
) => Promise<VerifiedAnswer | undefined>;

/** Asks one node. Never throws and never outlasts the deadline; a fault names the cause. */
export type AskNode = (
  target: Member,
  question: TargetQuestion,
  context: AskContext,
) => Promise<Result<VerifiedAnswer, Fault>>;
