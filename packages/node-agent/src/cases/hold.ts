import { type DeliveredCase, openCase } from "@xinqiao/protocol/cases";
import type { CallDependencies } from "../lookup/index.ts";
import type { OwnRecords } from "../sharing/index.ts";
import { applyCase } from "./apply.ts";
import type { CaseShelf, HeldCase } from "./port.ts";

/** A step of a case that this member has not heard of before. */
export interface CaseStepped {
  readonly case: string;
  readonly kind: HeldCase["case"]["opened"]["kind"];
  readonly step: string;
  readonly by: string;
  readonly outcome?: string;
  readonly waitsFor?: string;
  readonly dueOn?: string;
}

export interface CaseDependencies {
  readonly call: CallDependencies;
  readonly shelf: CaseShelf;
  readonly own: OwnRecords;
  readonly onStep: (stepped: CaseStepped) => void;
}

/**
 * Keeps a case as its steps say, each opened as its member signed it, and does to the record what that means.
 * @returns whether they are steps of one case, in their order
 */
export function holdCase({ steps, due }: DeliveredCase, deps: CaseDependencies): boolean {
  const { call, shelf, own } = deps;
  const opened = openCase(steps, { city: call.gateway.node, directory: call.directory() });
  if (opened === undefined) return false;
  const id = opened.opened.case;
  const before = shelf.find(id);
  if (before !== undefined && isBehind(steps, before)) return true;
  shelf.put({ case: opened, steps, due });
  const held = shelf.find(id);
  if (held !== undefined) applyCase(held, { node: call.node, own, shelf, now: call.now });
  if (before?.case.last !== opened.last) deps.onStep(steppedOf({ case: opened, due }));
  return true;
}

/** Whether these are the first steps of the case as it is held, and not all of them. */
export function isBehind(steps: readonly string[], held: Pick<HeldCase, "steps">): boolean {
  return steps.length < held.steps.length && steps.every((step, at) => step === held.steps[at]);
}

function steppedOf({ case: { opened, checked, extended, decided }, due }: Pick<HeldCase, "case" | "due">) {
  const { step, iss: by } = decided ?? extended ?? checked ?? opened;
  return {
    ...{ case: opened.case, kind: opened.kind, step, by },
    ...(decided !== undefined && { outcome: decided.outcome }),
    ...(due !== undefined && { waitsFor: due.by, dueOn: due.on }),
  };
}
