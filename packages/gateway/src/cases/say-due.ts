import { type CaseStep, signCaseStep } from "@xinqiao/protocol/cases";
import type { Signer } from "@xinqiao/protocol/keys";
import type { Turns } from "../sharing/index.ts";
import { type NextStepDependencies, takeNext } from "./next-step.ts";
import type { CaseBook, PendingCheck } from "./ports.ts";

export interface SayDueDependencies extends NextStepDependencies {
  readonly cases: Pick<
    CaseBook,
    "caseOf" | "keepStep" | "durable" | "pendingChecks" | "dropCheck" | "overdueCases" | "saidCaseOverdue"
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

async function signCheck(
  { case: id, finding }: PendingCheck,
  { self, signer, now, ...deps }: SayDueDependencies,
): Promise<void> {
  const held = deps.cases.caseOf(id);
  if (held !== undefined) {
    const iat = Math.floor(now() / 1000);
    const step: CaseStep = { step: "checked", iss: self, case: id, iat, after: held.case.last, finding };
    const text = await signCaseStep(step, signer);
    const taken = await takeNext({ step, text, exchange: null }, { self, ...deps });
    if (!taken.ok && "failed" in taken.error) return;
  }
  deps.cases.dropCheck(id);
}
