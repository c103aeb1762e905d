import { type CountsAnswer, type CountsRequest, criteriaUsed } from "@xinqiao/protocol/audit";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { type AuditDependencies, type AuditError, type AuditRequest, auditors, begin } from "./begin.ts";

/** An auditor has lines of the log counted. */
export async function countLog(
  request: AuditRequest<CountsRequest>,
  deps: AuditDependencies,
): Promise<Result<CountsAnswer, AuditError>> {
  const { criteria, every, by } = request.asked;
  const entry = {
    kind: "audit.counted",
    criteria: criteriaUsed(criteria),
    every,
    ...(by !== undefined && { by }),
  } as const;
  const begun = await begin(request, { by: auditors, entry }, deps);
  if (!begun.ok) return begun;
  const counted = await deps.index.count(request.asked);
  if (!counted.ok) return err({ unanswered: counted.error });
  const { rows, cut, size, root } = counted.value;
  return ok({ rows, cut, head: { origin: deps.log.origin, size, root }, log: begun.value });
}
