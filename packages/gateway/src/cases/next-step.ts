import {
  type Case,
  type CaseStep,
  type Due,
  refusalCodes,
  stepHash,
  takeStep,
} from "@xinqiao/protocol/cases";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { CaseBook, KeptStep, TakenStep } from "./ports.ts";

export type CaseError = { readonly refused: Fault } | { readonly failed: AppendError };

export interface NextStepDependencies {
  readonly self: NodeId;
  readonly cases: Pick<CaseBook, "caseOf" | "keepStep" | "durable">;
  readonly log: Pick<AuditLog, "append" | "origin">;
  /** What a case waits for, by the terms of the day on which it was opened. */
  readonly dueOf: (held: Case) => Due | undefined;
  /** Those who wait are told. */
  readonly onStep: () => void;
}

interface NextStep {
  readonly step: CaseStep;
  readonly text: string;
  /** Of the request that it came with; null of the city's own. */
  readonly exchange: string | null;
  readonly traceId?: string;
  readonly claim?: NonceClaim;
}

/** Takes a step where it follows: in the log first, then kept. In the case's turn alone (PR-CASES §2, §7). */
export async function takeNext(
  { step, text, exchange, traceId, claim }: NextStep,
  { self, cases, log, dueOf, onStep }: NextStepDependencies,
): Promise<Result<Pick<TakenStep, "sha256" | "log" | "due">, CaseError>> {
  const held = cases.caseOf(step.case);
  const sha256 = stepHash(text);
  const taken = takeStep(held?.case, { step, hash: sha256 }, self);
  if (!taken.ok) return err({ refused: fault(refusalCodes[taken.error]) });
  const { kind: caseKind, source } = taken.value.opened;
  const actor = exchange === null ? null : step.iss;
  const about = { case: step.case, step: step.step, caseKind, source, sha256 };
  const trace = traceId === undefined ? {} : { traceId };
  const logged = await log.append({ kind: "case.stepped", exchange, actor, ...trace, ...about }, claim);
  if (!logged.ok) return err({ failed: logged.error });
  const { index, size, root } = logged.value;
  const kept: KeptStep = { text, sha256, log: { origin: log.origin, index, size, root } };
  const due = dueOf(taken.value);
  cases.keepStep({ step, ...kept, case: taken.value, due });
  await cases.durable();
  onStep();
  return ok({ sha256, log: kept.log, due });
}
