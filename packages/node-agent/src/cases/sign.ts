import { isDeepStrictEqual } from "node:util";
import { type CaseStep, readCaseStep, signCaseStep } from "@xinqiao/protocol/cases";
import type { CaseDependencies } from "./hold.ts";

/** The city takes the opening of a case only as long as it is new: seconds, well before it is not. */
const newFor = 240;

/** Signs a step, or has it as it was signed before and nobody knows what became of it: the city may have logged it. */
export async function signOnce(
  step: CaseStep,
  { call, shelf }: Pick<CaseDependencies, "call" | "shelf">,
): Promise<string> {
  const kept = shelf.unsent(step.case);
  const said = kept === undefined ? undefined : readCaseStep(kept);
  if (kept !== undefined && said !== undefined && isSame(said, step)) return kept;
  const text = await signCaseStep(step, call.signer);
  shelf.keepUnsent(step.case, text);
  return text;
}

function isSame(before: CaseStep, now: CaseStep): boolean {
  const isOld = now.step === "opened" && now.iat - before.iat > newFor;
  return !isOld && isDeepStrictEqual({ ...before, iat: now.iat }, now);
}
