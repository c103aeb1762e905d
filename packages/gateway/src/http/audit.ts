import { searchSchema } from "@xinqiao/protocol/audit";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { type AuditError, type SearchLogDependencies, searchLog } from "../search/index.ts";
import { type GatewayEvents, isSpent } from "../telemetry/index.ts";
import { jsonBody, type MemberHandler, type MemberRequest } from "./member-route.ts";

/** `POST /v1/audit/searches` (PR-AUDIT). */
export function searchHandler(deps: SearchLogDependencies, events: GatewayEvents): MemberHandler {
  return async (request) => {
    const { body, verified, claim, ids, trace } = request;
    const { member } = verified.from;
    const search = parseJson(body, searchSchema);
    if (!search.ok) return err(await events.unreadable(search.error, ids, member.node, claim));
    const { requestId } = verified;
    const asked = { search: search.value, member, requestId, claim, traceId: trace.traceId };
    const answer = await searchLog(asked, deps);
    if (!answer.ok) return err(await noteAuditError(answer.error, request, events));
    events.audited("searched", ids, answer.value.lines.length);
    return ok(jsonBody(answer.value));
  };
}

/** @returns what the auditor is told */
export async function noteAuditError(
  error: AuditError,
  { ids, claim, verified }: MemberRequest,
  events: GatewayEvents,
): Promise<Fault> {
  const { node } = verified.from.member;
  if ("refused" in error) return events.unreadable(error.refused, ids, node, claim);
  const reason = "failed" in error ? fault(error.failed.code) : error.unanswered;
  if (isSpent(reason.code)) return events.unreadable(reason, ids, node);
  events.refused(reason, ids);
  return reason;
}
