import { caseReplySchema, readCaseStep } from "@xinqiao/protocol/cases";
import { ok, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { askGateway, type CallError } from "../lookup/index.ts";
import { type CaseDependencies, isBehind } from "./hold.ts";

/** A city that was put back has lost steps: those of this member's that come next are sent again, as they were signed (PR-CASES §5). */
export async function sayAgain(
  steps: readonly string[],
  { call, shelf }: Pick<CaseDependencies, "call" | "shelf">,
  trace: TraceContext,
  signal: AbortSignal,
): Promise<Result<void, CallError>> {
  const id = steps[0] === undefined ? undefined : readCaseStep(steps[0])?.case;
  const held = id === undefined ? undefined : shelf.find(id);
  if (held === undefined || !isBehind(steps, held)) return ok(undefined);
  for (const step of held.steps.slice(steps.length)) {
    if (readCaseStep(step)?.iss !== call.node) return ok(undefined);
    const question = { path: "/v1/cases", body: { step }, answer: caseReplySchema };
    const replied = await askGateway(question, trace, call, signal);
    if (!replied.ok) return isRefusal(replied.error) ? ok(undefined) : replied;
  }
  return ok(undefined);
}

/** The case has gone on otherwise: what became of it is heard. */
export const isRefusal = (error: CallError) =>
  error.by === "gateway" && error.verified && error.problem.code.startsWith("case.");
