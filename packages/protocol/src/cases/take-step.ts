import type { NodeId } from "../identity/index.ts";
import type { Code } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import type { CaseOutcome, CaseStep } from "./step.ts";

type Step<Name extends CaseStep["step"]> = Extract<CaseStep, { step: Name }>;

/** A case as far as its steps have brought it. */
export interface Case {
  readonly opened: Step<"opened">;
  readonly checked?: Step<"checked">;
  readonly extended?: Step<"extended">;
  readonly decided?: Step<"decided">;
  /** Hash of the last step that counted. */
  readonly last: string;
}

/** Why a step does not count. It changes nothing then. */
export type StepRefusal = "another-case" | "not-theirs" | "not-next" | "not-now" | "outcome-unfit";

/** Whether a case exists is not told to whom it is none of. */
export const refusalCodes: Readonly<Record<StepRefusal, Code>> = {
  "another-case": "case.not-yours",
  "not-theirs": "case.not-yours",
  "not-next": "case.step-not-next",
  "not-now": "case.step-not-next",
  "outcome-unfit": "case.outcome-unfit",
};

const outcomesOf: Readonly<Record<Step<"opened">["kind"], readonly CaseOutcome[]>> = {
  objection: ["corrected", "withdrawn", "rejected"],
  repair: ["repaired", "rejected"],
};

/**
 * Takes the next step of a case; the first opens it (PR-CASES §2). A step that was taken before, comes late or is
 * another's to take changes nothing.
 * @param hash SHA-256 of the step as it was signed
 */
export function takeStep(
  held: Case | undefined,
  { step, hash }: { readonly step: CaseStep; readonly hash: string },
  city: NodeId,
): Result<Case, StepRefusal> {
  if (step.step === "opened" && held === undefined) return ok({ opened: step, last: hash });
  if (held === undefined || step.case !== held.opened.case) return err("another-case");
  if (step.iss !== whose(step, held, city)) return err("not-theirs");
  if (step.step === "opened") return err("not-now");
  if (step.after !== held.last) return err("not-next");
  if (!isTime(held, step)) return err("not-now");
  if (step.step === "decided" && !outcomesOf[held.opened.kind].includes(step.outcome)) {
    return err("outcome-unfit");
  }
  return ok({ ...held, [step.step]: step, last: hash });
}

/** Whoever raised a case hears that it has; to anybody else it is as if there were none. */
function whose({ step }: CaseStep, { opened }: Case, city: NodeId): NodeId {
  if (step === "opened") return opened.iss;
  return step === "checked" ? city : opened.source;
}

/** A repair is forwarded unchecked (art. 81); an objection waits for the city's check (art. 49). Nothing follows a decision. */
function isTime({ opened, checked, extended, decided }: Case, { step }: CaseStep): boolean {
  if (decided !== undefined) return false;
  if (step === "checked") return opened.kind === "objection" && checked === undefined;
  const isForwarded = opened.kind === "repair" || checked !== undefined;
  return isForwarded && (step !== "extended" || extended === undefined);
}

/** Whether a version of the record is disputed: until one comes that is as decided, it is shown annotated (art. 43, 48). */
export function isDisputed({ decided }: Case, version: number): boolean {
  return decided === undefined || version < decided.version;
}
