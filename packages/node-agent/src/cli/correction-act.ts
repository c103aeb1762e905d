import { holdsCitizenId } from "@xinqiao/protocol/identity";
import { CommandError } from "@xinqiao/runtime/cli";
import type { CorrectionAct } from "../sharing/index.ts";

/** One of them is said. */
interface ActOptions {
  readonly withdraw?: true;
  readonly repair?: true;
  readonly restore?: true;
  readonly annotate?: string;
}

export interface CorrectOptions extends ActOptions {
  readonly home: string;
}

/** Everyone who holds a copy is shown it. */
function annotationOf(text: string): string {
  const annotation = text.trim();
  if (annotation === "") throw new CommandError("an annotation says something · 标注不得为空");
  if (holdsCitizenId(annotation)) {
    throw new CommandError("a person's number must not stand in an annotation · 标注不得含公民身份号码");
  }
  return annotation;
}

export function actOf({ withdraw, repair, restore, annotate }: ActOptions): CorrectionAct {
  const acts: CorrectionAct[] = [];
  if (withdraw) acts.push({ state: "withdrawn" });
  if (repair) acts.push({ state: "repaired" });
  if (restore) acts.push({ state: "current" });
  if (annotate !== undefined) acts.push({ state: "annotated", annotation: annotationOf(annotate) });
  const [act, ...more] = acts;
  if (act === undefined || more.length > 0) {
    throw new CommandError("say one of --withdraw, --repair, --annotate, --restore · 请且仅请指定一种更正");
  }
  return act;
}
