import {
  type RevocationDone,
  type RevocationReceipt,
  signRevocationAnswer,
} from "@xinqiao/protocol/measures";
import { asResult, fault } from "@xinqiao/protocol/problem";
import { err, type Result } from "@xinqiao/protocol/result";
import { isToCome } from "@xinqiao/runtime/calendar";
import type { CallError } from "../lookup/index.ts";
import { giveAnswer, type HearDependencies } from "./hear.ts";

/** Signs what this member decided upon a notice, keeps it, and tells the city. */
export async function answerRevocation(
  done: RevocationDone,
  deps: HearDependencies,
  gone: AbortSignal,
): Promise<Result<RevocationReceipt, CallError>> {
  const { revocations, node: iss, now, signer } = deps;
  if (!revocations.has(done.notice)) return err({ by: "agent", fault: fault("feedback.not-asked") });
  if (isToCome(done.on, now())) {
    return err({ by: "agent", fault: fault("feedback.answer-invalid", "its day is to come · 日期晚于今天") });
  }
  const iat = Math.floor(now() / 1000);
  const signed = await asResult(() => signRevocationAnswer({ ...done, iss, iat }, signer));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const { notice, ...answer } = done;
  revocations.answering(notice, answer, signed.value);
  await revocations.durable();
  return giveAnswer({ notice, text: signed.value }, deps, gone);
}
