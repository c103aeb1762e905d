import { type Case, type CaseStep, readCaseStep, signCaseStep } from "@xinqiao/protocol/cases";
import type { Signer } from "@xinqiao/protocol/keys";
import type { Turns } from "../sharing/index.ts";
import { type NextStepDependencies, takeNext } from "./next-step.ts";
import type { CaseBook, PendingCheck } from "./ports.ts";

export interface SayDueDependencies extends NextStepDependencies {
  readonly cases: Pick<
    CaseBook,
    | "caseOf"
    | "keepStep"
    | "durable"
    | "pendingChecks"
    | "keepCheck"
    | "dropCheck"
    | "overdueCases"
    | "saidCaseOverdue"
  >;
  readonly signer: Signer;
  readonly turns: Turns;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
}

/** What the city has to say by itself: what its people have found, and who is late, once each. What cannot be logged now is said later. */
export async function sayDue(deps: SayDueDependencies): Promise<void> {
  const { cases, log, today } = deps;
  for (const check of cases.pendingChecks()) {
    await deps.turns(check.case, () => signCheck(check, deps));
  }
  for (const overdue of cases.overdueCases(today())) {
    const { case: id, kind: caseKind, due } = overdue;
    const about = { case: id, caseKind, by: due.by, dueOn: due.on };
    const logged = await log.append({ kind: "case.late", exchange: null, actor: null, ...about });
    if (!logged.ok) return;
    cases.saidCaseOverdue(overdue);
  }
}

async function signCheck(check: PendingCheck, deps: SayDueDependencies): Promise<void> {
  const held = deps.cases.caseOf(check.case);
  if (held !== undefined) {
    const taken = await takeNext({ ...(await stepOf(check, held.case, deps)), exchange: null }, deps);
    if (!taken.ok && "failed" in taken.error) return;
  }
  deps.cases.dropCheck(check.case);
}

/** What was signed before is taken up again: the log may have it already. */
async function stepOf(
  { case: id, finding, text: kept }: PendingCheck,
  { last: after }: Case,
  { self, signer, now, cases }: SayDueDependencies,
): Promise<{ readonly step: CaseStep; readonly text: string }> {
  const said = kept === undefined ? undefined : readCaseStep(kept);
  if (kept !== undefined && said?.step === "checked" && said.after === after)
    return { step: said, text: kept };
  const iat = Math.floor(now() / 1000);
  const step: CaseStep = { step: "checked", iss: self, case: id, iat, after, finding };
  const text = await signCaseStep(step, signer);
  cases.keepCheck(id, text);
  await cases.durable();
  return { step, text };
}
