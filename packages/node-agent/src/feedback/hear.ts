import {
  mostNotices,
  mostOpen,
  openRevocationNotice,
  type RevocationReceipt,
  type RevocationsRequest,
  revocationReceiptSchema,
  revocationsSchema,
  textHash,
} from "@xinqiao/protocol/measures";
import { ok, type Result } from "@xinqiao/protocol/result";
import { mostWaitMs } from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { askGateway, type CallDependencies, type CallError, invalidReply } from "../lookup/index.ts";
import type { HeardNotice, RevocationBook, UnsentAnswer } from "./port.ts";

export interface HearDependencies extends CallDependencies {
  readonly revocations: RevocationBook;
}

/** What came of asking. */
export interface Heard {
  /** Notices that this member did not know. */
  readonly asked: number;
  /** Whether there may be more. */
  readonly again: boolean;
  /** Why some were passed over. */
  readonly fault?: CallError;
}

/**
 * What the city asks this member to revoke. Whatever either of them has lost comes again: a notice that was not kept, and an
 * answer (PR-SYNC §9). A notice that is not the city's to this member holds up no other: it is asked past.
 */
export async function hearRevocations(
  deps: HearDependencies,
  signal: AbortSignal,
  waitMs = mostWaitMs,
): Promise<Result<Heard, CallError>> {
  const passed: string[] = [];
  let asked = 0;
  for (;;) {
    const heard = [...passed, ...deps.revocations.open()].slice(0, mostOpen);
    const told = await hearSome({ heard, waitMs: passed.length === 0 ? waitMs : 0 }, deps, signal);
    if (!told.ok) return told;
    const { fresh, foreign, isFull } = told.value;
    asked += fresh;
    passed.push(...foreign);
    if (isFull && foreign.length > 0 && passed.length < mostOpen) continue;
    if (passed.length === 0) return ok({ asked, again: isFull });
    const { error: why } = invalidReply("a notice that is not the city's to this member");
    return ok({ asked, again: isFull, fault: why });
  }
}

interface HeardSome {
  readonly fresh: number;
  /** Hashes of those that are not the city's to this member. */
  readonly foreign: readonly string[];
  readonly isFull: boolean;
}

/** One question. */
async function hearSome(
  body: RevocationsRequest,
  deps: HearDependencies,
  signal: AbortSignal,
): Promise<Result<HeardSome, CallError>> {
  const { revocations, entropy } = deps;
  const question = { path: "/v1/revocations", body, answer: revocationsSchema };
  const reply = await askGateway(question, nextHop(undefined, entropy.hex), deps, signal);
  if (!reply.ok) return reply;
  const { notices, foreign } = sorted(reply.value.notices, deps);
  const fresh = revocations.hear(notices);
  revocations.settle(reply.value.settled);
  await revocations.durable();
  const again = await answerAgain(notices, deps, signal);
  if (!again.ok) return again;
  return ok({ fresh, foreign, isFull: reply.value.notices.length === mostNotices });
}

function sorted(texts: readonly string[], { gateway, directory, node }: HearDependencies) {
  const notices: HeardNotice[] = [];
  const foreign: string[] = [];
  for (const text of texts) {
    const claims = openRevocationNotice(text, gateway.node, directory());
    if (claims?.member === node) notices.push({ claims, text, notice: textHash(text) });
    else foreign.push(textHash(text));
  }
  return { notices, foreign };
}

/** What the city has lost, and what it may have: this member died before it had heard. */
async function answerAgain(
  notices: readonly HeardNotice[],
  deps: HearDependencies,
  signal: AbortSignal,
): Promise<Result<void, CallError>> {
  const { revocations } = deps;
  for (const { notice } of notices) {
    const answer = revocations.answerTo(notice);
    if (answer === undefined) continue;
    const again = await sendAnswer(answer, deps, signal);
    if (!again.ok) return again;
  }
  for (const unsent of revocations.unsent()) {
    const given = await giveAnswer(unsent, deps, signal);
    if (!given.ok && !isRefusal(given.error)) return given;
  }
  return ok(undefined);
}

/** Sends an answer that is kept, and keeps what became of it. */
export async function giveAnswer(
  unsent: UnsentAnswer,
  deps: HearDependencies,
  signal: AbortSignal,
): Promise<Result<RevocationReceipt, CallError>> {
  const { revocations } = deps;
  const told = await sendAnswer(unsent.text, deps, signal);
  if (told.ok) revocations.answered(unsent);
  else if (isRefusal(told.error)) revocations.notAnswered(unsent);
  if (told.ok) await revocations.durable();
  return told;
}

const isRefusal = (error: CallError) =>
  error.by === "gateway" && error.verified && error.problem.code.startsWith("feedback.");

function sendAnswer(answer: string, deps: CallDependencies, signal: AbortSignal) {
  const question = { path: "/v1/revocations/answers", body: { answer }, answer: revocationReceiptSchema };
  return askGateway(question, nextHop(undefined, deps.entropy.hex), deps, signal);
}
