import type { Code } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import type { MeasureOutcome } from "./report.ts";
import type { RevocationOutcome, RevokingEffect } from "./revocation.ts";

/**
 * What is known of a measure: reported, perhaps changed, asked to be revoked once its record is no longer disclosed,
 * answered.
 */
export interface MeasureStanding {
  readonly outcome: MeasureOutcome;
  /** What has become of its record; absent while that is disclosed. */
  readonly effect?: RevokingEffect | undefined;
  /** The last day for an answer: it was asked. */
  readonly dueOn?: string | undefined;
  readonly answer?: RevocationOutcome | undefined;
}

/** A report replaces the one before, until the measure is asked to be revoked: from then on only an answer counts. */
export function report(
  before: MeasureStanding | undefined,
  outcome: MeasureOutcome,
): Result<MeasureStanding, Code> {
  if (before?.dueOn !== undefined) return err("feedback.already-asked");
  return ok({ ...before, outcome });
}

/** Whether its member has to be asked to revoke it. */
export function mustAsk({ outcome, effect, dueOn }: MeasureStanding): boolean {
  return outcome !== "not-applied" && effect !== undefined && dueOn === undefined;
}

/** An answer is given once; a refusal alone may still become a revocation. */
export function answer(before: MeasureStanding, given: RevocationOutcome): Result<MeasureStanding, Code> {
  if (before.dueOn === undefined) return err("feedback.not-asked");
  const changes = before.answer === undefined || (before.answer === "refused" && given === "revoked");
  return changes || before.answer === given
    ? ok({ ...before, answer: given })
    : err("feedback.already-answered");
}

/** Whether its last day is over without an answer. */
export function isLate({ dueOn, answer: given }: MeasureStanding, today: string): boolean {
  return dueOn !== undefined && given === undefined && dueOn < today;
}
