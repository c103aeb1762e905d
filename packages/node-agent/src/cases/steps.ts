import {
  type CaseDecision,
  type CaseOpening,
  type CaseReply,
  type CaseStep,
  caseReplySchema,
  refusalCodes,
  stepHash,
  takeStep,
} from "@xinqiao/protocol/cases";
import { asResult, type Code, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { askGateway, type CallError } from "../lookup/index.ts";
import { isRefusal } from "./again.ts";
import { actOf } from "./annotation.ts";
import { isCorrected } from "./content.ts";
import { type CaseDependencies, holdCase } from "./hold.ts";
import type { HeldCase } from "./port.ts";
import { signOnce } from "./sign.ts";

type Stepping = Promise<Result<CaseReply, CallError>>;
type Ask = readonly [trace: TraceContext, deps: CaseDependencies, gone: AbortSignal];

const byAgent = (code: Code) => err({ by: "agent" as const, fault: fault(code) });
const secondsOf = (now: () => number) => Math.floor(now() / 1000);

/** Raises an objection, or asks for a credit repair, about a record of any source (PR-CASES §1). */
export async function raiseCase({ case: id, ...opening }: CaseOpening, ...ask: Ask): Stepping {
  const [, { call, shelf }] = ask;
  // Before the city is asked: were its reply lost, the case comes with what it is followed by.
  shelf.begin();
  const iat = secondsOf(call.now);
  const step: CaseStep = { step: "opened", iss: call.node, case: id ?? call.entropy.uuid(), iat, ...opening };
  const raised = await send(step, id === undefined ? undefined : shelf.find(id), ask);
  // Nobody can raise it again.
  if (id === undefined) shelf.dropUnsent(step.case);
  return raised;
}

/** Takes the longer time, once. */
export function extendCase(id: string, { reason }: { readonly reason: string }, ...ask: Ask): Stepping {
  const [, { call, shelf }] = ask;
  const held = shelf.find(id);
  if (held === undefined) return Promise.resolve(byAgent("case.not-yours"));
  const iat = secondsOf(call.now);
  return send({ step: "extended", iss: call.node, case: id, iat, after: held.case.last, reason }, held, ask);
}

/**
 * Versions left to what files say until the city has the decision: none of them is taken for the one that is as decided.
 */
const leap = 100;

/**
 * Decides, and makes the record be as decided: the decision names the version that says so, and is the city's before the
 * record is changed, so that whatever is interrupted goes on from there.
 */
export async function decideCase(id: string, { outcome, reason }: CaseDecision, ...ask: Ask): Stepping {
  const [, { call, shelf, own }] = ask;
  const held = shelf.find(id);
  if (held === undefined || held.case.opened.source !== call.node) return byAgent("case.not-yours");
  const record = own.byId(held.case.opened.record);
  if (record === undefined) return byAgent("case.record-unknown");
  if (outcome === "corrected" && !isCorrected(held, record)) return byAgent("case.not-corrected");
  const act = actOf(outcome, record, shelf.othersAbout(held.case.opened));
  const version = record.version + (act === undefined ? 0 : leap);
  const iat = secondsOf(call.now);
  const after = held.case.last;
  const step: CaseStep = { step: "decided", iss: call.node, case: id, iat, after, outcome, reason, version };
  return send(step, held, ask);
}

/** Where it would not count the city need not be asked. */
async function send(step: CaseStep, held: HeldCase | undefined, [trace, deps, gone]: Ask): Stepping {
  const { call, shelf } = deps;
  const signed = await asResult(() => signOnce(step, deps));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const text = signed.value;
  const fits = takeStep(held?.case, { step, hash: stepHash(text) }, call.gateway.node);
  if (!fits.ok) return byAgent(refusalCodes[fits.error]);
  const question = { path: "/v1/cases", body: { step: text }, answer: caseReplySchema };
  const replied = await askGateway(question, trace, call, gone);
  if (replied.ok || isRefusal(replied.error)) shelf.dropUnsent(step.case);
  if (!replied.ok) return replied;
  const { due } = replied.value;
  holdCase({ steps: [...(held?.steps ?? []), text], ...(due !== undefined && { due }) }, deps);
  return ok(replied.value);
}
