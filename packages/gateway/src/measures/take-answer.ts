import {
  mayAnswer,
  openRevocationAnswer,
  type RevocationAnswerMessage,
  type RevocationReceipt,
  textHash,
} from "@xinqiao/protocol/measures";
import { decideStanding } from "@xinqiao/protocol/policy";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { isToCome } from "@xinqiao/runtime/calendar";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Revocations } from "./ports.ts";

export interface TakeAnswerDependencies {
  readonly revocations: Pick<Revocations, "asked" | "answered">;
  readonly durable: () => Promise<void>;
  readonly directory: () => Pick<Directory, "key">;
  readonly log: Pick<AuditLog, "append" | "origin">;
  /** Who waits for notices is told. */
  readonly onAnswered: () => void;
  readonly now: () => number;
}

export interface GivenAnswer {
  readonly message: RevocationAnswerMessage;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

/** Takes a member's answer to a notice: in the log, and kept, before it is receipted (PR-SYNC §9). */
export async function takeAnswer(
  { message: { answer: text }, member, requestId: exchange, traceId, claim }: GivenAnswer,
  { revocations, durable, directory, log, onAnswered, now }: TakeAnswerDependencies,
): Promise<Result<RevocationReceipt, { readonly refused: Fault } | { readonly failed: AppendError }>> {
  const standing = decideStanding(member);
  if (!standing.allowed) return err({ refused: standing.fault });
  const answer = openRevocationAnswer(text, member.node, directory());
  if (answer === undefined) return err({ refused: fault("feedback.answer-invalid") });
  if (isToCome(answer.on, now(), "another's")) {
    return err({ refused: fault("feedback.answer-invalid", "its day is to come") });
  }
  const { notice, outcome } = answer;
  const asked = revocations.asked(member.node, notice);
  if (asked === undefined || !asked.isOpen) return err({ refused: fault("feedback.not-asked") });
  if (!mayAnswer(asked.outcome ?? undefined, outcome)) {
    return err({ refused: fault("feedback.already-answered") });
  }
  const sha256 = textHash(text);
  const { id, source } = asked;
  const about = { exchange, actor: member.node, traceId, source, notice, outcome, answer: sha256 };
  const logged = await log.append({ kind: "measures.answered", ...about }, claim);
  if (!logged.ok) return err({ failed: logged.error });
  revocations.answered(id, { text, sha256, outcome });
  await durable();
  onAnswered();
  const { index, size, root } = logged.value;
  return ok({ answer: sha256, log: { origin: log.origin, index, size, root } });
}
