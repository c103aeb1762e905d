import type { Case, CaseOutcome } from "@xinqiao/protocol/cases";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { CorrectionAct } from "../sharing/index.ts";

type Kind = Case["opened"]["kind"];

const texts: Readonly<Record<Kind, string>> = {
  objection: "异议处理中 · an objection is being dealt with",
  repair: "信用修复申请办理中 · a credit repair is being decided",
};

/** How a record is shown while a case about it is open: nothing is changed where it is annotated for another reason (art. 43). */
export function actWhileOpen({ state }: CreditRecord, kind: Kind): CorrectionAct | undefined {
  return state === "current" ? { state: "annotated", annotation: texts[kind] } : undefined;
}

/** What leaves a record as it is. */
export function actAsIs({
  state,
  annotation = "",
}: Pick<CreditRecord, "state" | "annotation">): CorrectionAct {
  return state === "annotated" ? { state, annotation } : { state };
}

/** What makes a record be as decided. @param others kinds of the cases about it that are still open */
export function actOf(
  outcome: CaseOutcome,
  { state, annotation }: Pick<CreditRecord, "state" | "annotation">,
  others: readonly Kind[],
): CorrectionAct | undefined {
  if (outcome === "withdrawn" || outcome === "repaired")
    return state === outcome ? undefined : { state: outcome };
  const isOurs = state === "annotated" && Object.values(texts).some((text) => text === annotation);
  if (!isOurs) return undefined;
  const [other] = others;
  if (other === undefined) return { state: "current" };
  return annotation === texts[other] ? undefined : { state: "annotated", annotation: texts[other] };
}
