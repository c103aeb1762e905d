import {
  type CaseReply,
  type CaseStep,
  type CaseStepMessage,
  openCaseStep,
  stepHash,
} from "@xinqiao/protocol/cases";
import type { Catalogue, PurposeCode } from "@xinqiao/protocol/catalogue";
import { decideStanding, isDisclosedTo } from "@xinqiao/protocol/policy";
import { fault } from "@xinqiao/protocol/problem";
import { type CreditRecord, isDisclosable } from "@xinqiao/protocol/record";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { NonceClaim } from "../log/index.ts";
import type { Turns } from "../sharing/index.ts";
import { type CaseError, type NextStepDependencies, takeNext } from "./next-step.ts";
import type { CaseBook } from "./ports.ts";

export interface TakeCaseStepDependencies extends NextStepDependencies {
  readonly cases: Pick<CaseBook, "caseOf" | "keepStep" | "durable" | "disputable" | "hasOpen">;
  readonly directory: () => Pick<Directory, "key" | "agreed">;
  readonly catalogue: () => Pick<Catalogue, "items" | "purposes">;
  /** Steps of one case are taken one after the other. */
  readonly turns: Turns;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
}

export interface GivenStep {
  readonly message: CaseStepMessage;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

/** Deadlines begin with the instant that a step says: it is that of the request, or nearly. */
const mostSkewMs = 300_000;

/**
 * Takes a step of a member's in a case: raises it, or goes on with it. The same once more is answered as it was
 * (PR-CASES §5).
 */
export async function takeCaseStep(
  { message: { step: text }, member, requestId: exchange, traceId, claim }: GivenStep,
  deps: TakeCaseStepDependencies,
): Promise<Result<CaseReply, CaseError>> {
  const standing = decideStanding(member);
  if (!standing.allowed) return err({ refused: standing.fault });
  const step = openCaseStep(text, member.node, deps.directory());
  if (step === undefined) return err({ refused: fault("case.step-invalid") });
  const inTurn = step.step === "opened" ? inTurnAbout(step, deps) : deps.turns;
  return inTurn(step.case, async () => {
    const again = takenBefore(step, text, deps);
    if (again !== undefined) return ok(again);
    if (!isInTime(step, deps)) {
      return err({ refused: fault("case.step-invalid") });
    }
    if (step.step === "opened" && !mayRaise(member, step, deps)) {
      return err({ refused: fault("case.record-unknown") });
    }
    if (step.step === "opened" && deps.cases.hasOpen(step)) {
      return err({ refused: fault("case.already-open") });
    }
    const taken = await takeNext({ step, text, exchange, traceId, claim }, deps);
    return taken.ok ? ok(replyOf(step, taken.value)) : taken;
  });
}

/** What a city that was put back has lost is older, and known by its place: it follows what was not lost. */
function isInTime(step: CaseStep, { cases, now }: Pick<TakeCaseStepDependencies, "cases" | "now">): boolean {
  const ahead = step.iat * 1000 - now();
  if (Math.abs(ahead) <= mostSkewMs) return true;
  return ahead < 0 && step.step !== "opened" && step.after === cases.caseOf(step.case)?.case.last;
}

/** Of two cases of a member about one record that are raised at once one is. */
function inTurnAbout(
  { iss, kind, source, record }: Extract<CaseStep, { step: "opened" }>,
  { turns }: Pick<TakeCaseStepDependencies, "turns">,
): Turns {
  const about = JSON.stringify([iss, kind, source, record]);
  return (id, work) => turns(about, () => turns(id, work));
}

function takenBefore(
  step: CaseStep,
  text: string,
  { cases }: Pick<TakeCaseStepDependencies, "cases">,
): CaseReply | undefined {
  const held = cases.caseOf(step.case);
  const sha256 = stepHash(text);
  const kept = held?.steps.find((each) => each.sha256 === sha256);
  return held && kept && replyOf(step, { ...kept, due: held.due });
}

function replyOf(
  step: CaseStep,
  { sha256, log, due }: Pick<CaseReply, "log" | "due"> & { readonly sha256: string },
): CaseReply {
  return { case: step.case, step: sha256, ...(due !== undefined && { due }), log };
}

/**
 * Whoever might look the record up, for whatever purpose, may say that it is wrong; its own source may always. To anybody else
 * it is as if it were not there, and so are the reasons that the source would give.
 */
function mayRaise(
  member: Member,
  { source, record }: Extract<CaseStep, { step: "opened" }>,
  deps: Pick<TakeCaseStepDependencies, "cases" | "catalogue" | "directory" | "now" | "today">,
): boolean {
  const held = deps.cases.disputable(source, record);
  if (held === undefined || !isDisclosable(held, deps.today())) return false;
  if (member.node === source) return true;
  const { items } = member.scope;
  const item = deps.catalogue().items.get(held.item);
  const isAdmitted = items === "all" || items.includes(held.item);
  return item !== undefined && isAdmitted && isDisclosedTo(member, item) && mayAskIn(member, held, deps);
}

/** By an agreement of the cities for everything, or for any purpose that has the item. */
function mayAskIn(
  member: Member,
  { item, jurisdiction }: Pick<CreditRecord, "item" | "jurisdiction">,
  { catalogue, directory, now }: Pick<TakeCaseStepDependencies, "catalogue" | "directory" | "now">,
): boolean {
  const known = directory();
  const agreed = (purpose?: PurposeCode) => known.agreed(member, jurisdiction, purpose, now());
  if (agreed()) return true;
  const purposes = [...catalogue().purposes.values()].filter(({ items }) => items.includes(item));
  return purposes.some(({ code }) => agreed(code));
}
