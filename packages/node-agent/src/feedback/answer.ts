import {
  type RevocationDone,
  type RevocationReceipt,
  signRevocationAnswer,
} from "@xinqiao/protocol/measures";
import { asResult, fault } from "@xinqiao/protocol/problem";
import { err, type Result } from "@xinqiao/protocol/result";
import type { CallError } from "../lookup/index.ts";
import { type HearDependencies, sendAnswer } from "./hear.ts";

/** Signs what this member decided upon a notice, tells the city, and keeps what it said. */
export async function answerRevocation(
  done: RevocationDone,
  deps: HearDependencies,
  gone: AbortSignal,
): Promise<Result<RevocationReceipt, CallError>> {
  const { revocations, node: iss, now, signer } = deps;
  if (!revocations.has(done.notice)) return err({ by: "agent", fault: fault("feedback.not-asked") });
  const iat = Math.floor(now() / 1000);
  const signed = await asResult(() => signRevocationAnswer({ ...done, iss, iat }, signer));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const told = await sendAnswer(signed.value, deps, gone);
  if (!told.ok) return told;
  const { notice, ...answer } = done;
  revocations.answered(notice, answer, signed.value);
  await revocations.durable();
  return told;
}
