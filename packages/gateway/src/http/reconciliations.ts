import { fault } from "@xinqiao/protocol/problem";
import { leavesRequestSchema, reconciliationSchema } from "@xinqiao/protocol/reconciliation";
import { err, ok } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { giveLeaves, type ReconcileDependencies, reconcile } from "../books/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { noteRefusal } from "./lookups.ts";
import { jsonBody, type MemberHandler } from "./member-route.ts";

/** `POST /v1/reconciliations` (PR-AUDIT §12). */
export function reconciliationHandler(deps: ReconcileDependencies, events: GatewayEvents): MemberHandler {
  return async ({ body, verified, claim, trace: { traceId }, ids }) => {
    const { node } = verified.from.member;
    const reconciliation = parseJson(body, reconciliationSchema);
    if (!reconciliation.ok) return err(await events.unreadable(reconciliation.error, ids, node, claim));
    const { requestId } = verified;
    const request = { reconciliation: reconciliation.value, member: node, requestId, claim, traceId };
    const done = await reconcile(request, deps);
    if (done.ok) {
      events.reconciled(done.value, ids);
      return ok(jsonBody(done.value.reply));
    }
    if ("refused" in done.error) return err(await events.unreadable(done.error.refused, ids, node, claim));
    const reason = fault(done.error.failed.code);
    await noteRefusal(reason, ids, events);
    return err(reason);
  };
}

/** `POST /v1/reconciliations/leaves`. */
export function leavesHandler(
  deps: Pick<ReconcileDependencies, "log" | "entries">,
  events: GatewayEvents,
): MemberHandler {
  return async ({ body, verified, claim, trace: { traceId }, ids }) => {
    const { node } = verified.from.member;
    const wanted = parseJson(body, leavesRequestSchema);
    if (!wanted.ok) return err(await events.unreadable(wanted.error, ids, node, claim));
    const { requestId } = verified;
    const given = await giveLeaves({ wanted: wanted.value, member: node, requestId, claim, traceId }, deps);
    if (given.ok) return ok(jsonBody(given.value));
    const reason = fault(given.error.code);
    await noteRefusal(reason, ids, events);
    return err(reason);
  };
}
