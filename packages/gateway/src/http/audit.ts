import {
  acknowledgementSchema,
  alertsRequestSchema,
  caseRequestSchema,
  countsRequestSchema,
  exportRequestSchema,
  searchSchema,
  statementRequestSchema,
} from "@xinqiao/protocol/audit";
import { proofRequestSchema } from "@xinqiao/protocol/bundle";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { reconciliationsRequestSchema } from "@xinqiao/protocol/reconciliation";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import type { z } from "zod";
import {
  type AuditError,
  type AuditingDependencies,
  type AuditRequest,
  acknowledgeAlert,
  checkCase,
  countLog,
  readReconciliations,
  reviewAlerts,
  searchLog,
  stateUses,
  vouchExport,
} from "../audit/index.ts";
import { type ProveDependencies, prove } from "../proofs/index.ts";
import type { AuditAct, GatewayEvents } from "../telemetry/index.ts";
import { noteRefusal } from "./lookups.ts";
import { jsonBody, type MemberHandler, type MemberRequest } from "./member-route.ts";

/** `POST /v1/audit/…` (PR-AUDIT §8 to §10), by path. */
export function auditHandlers(
  deps: AuditingDependencies,
  proving: ProveDependencies,
  events: GatewayEvents,
): Readonly<Record<string, MemberHandler>> {
  return {
    "/v1/audit/searches": handle("searched", searchSchema, (asked) => searchLog(asked, deps), events),
    "/v1/audit/counts": handle("counted", countsRequestSchema, (asked) => countLog(asked, deps), events),
    "/v1/audit/alerts": handle("reviewed", alertsRequestSchema, (asked) => reviewAlerts(asked, deps), events),
    "/v1/audit/acknowledgements": handle(
      "acknowledged",
      acknowledgementSchema,
      (asked) => acknowledgeAlert(asked, deps),
      events,
    ),
    "/v1/audit/exports": handle("exported", exportRequestSchema, (asked) => vouchExport(asked, deps), events),
    "/v1/audit/proofs": handle("proved", proofRequestSchema, (asked) => prove(asked, proving), events),
    "/v1/audit/reconciliations": handle(
      "books-read",
      reconciliationsRequestSchema,
      (asked) => readReconciliations(asked, deps),
      events,
    ),
    "/v1/audit/cases": handle("case-checked", caseRequestSchema, (asked) => checkCase(asked, deps), events),
    "/v1/audit/statements": handle(
      "stated",
      statementRequestSchema,
      (asked) => stateUses(asked, deps),
      events,
    ),
  };
}

function handle<Schema extends z.ZodType>(
  what: AuditAct,
  schema: Schema,
  act: (request: AuditRequest<z.output<Schema>>) => Promise<Result<object, AuditError>>,
  events: GatewayEvents,
): MemberHandler {
  return async (request) => {
    const { body, verified, claim, ids, trace } = request;
    const { member } = verified.from;
    const asked = parseJson(body, schema);
    if (!asked.ok) return err(await events.unreadable(asked.error, ids, member.node, claim));
    const { requestId } = verified;
    const answer = await act({ asked: asked.value, member, requestId, claim, traceId: trace.traceId });
    if (!answer.ok) return err(await noteError(answer.error, request, events));
    events.audited(what, ids);
    return ok(jsonBody(answer.value));
  };
}

/** @returns what the asker is told */
async function noteError(
  error: AuditError,
  { ids, claim, verified }: MemberRequest,
  events: GatewayEvents,
): Promise<Fault> {
  const { node } = verified.from.member;
  if ("refused" in error) return events.unreadable(error.refused, ids, node, claim);
  const reason = "failed" in error ? fault(error.failed.code) : error.unanswered;
  await noteRefusal(reason, ids, events);
  return reason;
}
