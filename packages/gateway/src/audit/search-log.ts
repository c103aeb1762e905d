import { criteriaUsed, type Search, type SearchAnswer } from "@xinqiao/protocol/audit";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { indexedCriteria } from "../search/index.ts";
import {
  type AuditDependencies,
  type AuditError,
  type AuditRequest,
  auditors,
  begin,
  committed,
} from "./begin.ts";

/** An auditor searches the log. */
export async function searchLog(
  request: AuditRequest<Search>,
  deps: AuditDependencies,
): Promise<Result<SearchAnswer, AuditError>> {
  const { criteria, ...page } = request.asked;
  const { subject } = criteria;
  const entry = {
    kind: "audit.searched",
    criteria: criteriaUsed(criteria),
    ...committed(criteria),
  } as const;
  const begun = await begin(request, { by: auditors, subject, entry }, deps);
  if (!begun.ok) return begun;
  const found = await deps.index.search({ ...page, criteria: indexedCriteria(criteria, deps.tagKey) });
  if (!found.ok) return err({ unanswered: found.error });
  const { lines, size, root, next } = found.value;
  const head = { origin: deps.log.origin, size, root };
  return ok({ lines: [...lines], head, ...(next && { next }), log: begun.value });
}
