import type { NodeId } from "../identity/index.ts";
import type { Directory } from "../registry/index.ts";
import { openCaseStep, readCaseStep, stepHash } from "./step.ts";
import { type Case, takeStep } from "./take-step.ts";

type Opens = (text: string, by: NodeId) => ReturnType<typeof readCaseStep>;

function follow(texts: readonly string[], city: NodeId, open: Opens): Case | undefined {
  let held: Case | undefined;
  for (const text of texts) {
    const said = readCaseStep(text);
    const step = said && open(text, said.iss);
    const taken = step && takeStep(held, { step, hash: stepHash(text) }, city);
    if (!taken?.ok) return undefined;
    held = taken.value;
  }
  return held;
}

/** A case by its steps, each opened as its member signed it and in its place; nothing when any is not (PR-CASES §5). */
export function openCase(
  texts: readonly string[],
  { city, directory }: { readonly city: NodeId; readonly directory: Pick<Directory, "key"> },
): Case | undefined {
  return follow(texts, city, (text, by) => openCaseStep(text, by, directory));
}

/** A case by steps that were opened when they were taken: keys may have gone from the registry since. */
export function readCase(texts: readonly string[]): Case | undefined {
  const steps = texts.map(readCaseStep);
  const city = steps.find((step) => step?.step === "checked")?.iss ?? steps[0]?.iss;
  return city && follow(texts, city, readCaseStep);
}
