import {
  mostNotices,
  openRevocationNotice,
  revocationReceiptSchema,
  revocationsSchema,
  textHash,
} from "@xinqiao/protocol/measures";
import { ok, type Result } from "@xinqiao/protocol/result";
import { mostWaitMs } from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { askGateway, type CallDependencies, type CallError, invalidReply } from "../lookup/index.ts";
import type { HeardNotice, RevocationBook } from "./port.ts";

export interface HearDependencies extends CallDependencies {
  readonly revocations: RevocationBook;
}

/** What came of one question. */
export interface Heard {
  /** Notices that this member did not know. */
  readonly asked: number;
  /** Whether there may be more. */
  readonly again: boolean;
}

/**
 * One question to the city: what it asks this member to revoke. Whatever either of them has lost comes again: a notice that
 * was not kept, and an answer (PR-SYNC §9).
 */
export async function hearRevocations(
  deps: HearDependencies,
  signal: AbortSignal,
  waitMs = mostWaitMs,
): Promise<Result<Heard, CallError>> {
  const { revocations, entropy, gateway, directory, node } = deps;
  const trace = nextHop(undefined, entropy.hex);
  const body = { heard: revocations.open(), waitMs };
  const question = { path: "/v1/revocations", body, answer: revocationsSchema };
  const reply = await askGateway(question, trace, deps, signal);
  if (!reply.ok) return reply;
  const notices: HeardNotice[] = [];
  for (const text of reply.value.notices) {
    const claims = openRevocationNotice(text, gateway.node, directory());
    if (claims?.member !== node) return invalidReply("a notice that is not the city's to this member");
    notices.push({ claims, text, notice: textHash(text) });
  }
  const asked = revocations.hear(notices);
  revocations.settle(reply.value.settled);
  await revocations.durable();
  for (const { notice } of notices) {
    const answer = revocations.answerTo(notice);
    if (answer === undefined) continue;
    const again = await sendAnswer(answer, deps, signal);
    if (!again.ok) return again;
  }
  return ok({ asked, again: notices.length === mostNotices });
}

export function sendAnswer(answer: string, deps: CallDependencies, signal: AbortSignal) {
  const question = { path: "/v1/revocations/answers", body: { answer }, answer: revocationReceiptSchema };
  return askGateway(question, nextHop(undefined, deps.entropy.hex), deps, signal);
}
