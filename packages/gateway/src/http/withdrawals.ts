import { withdrawalSchema, withdrawalsMediaType } from "@xinqiao/protocol/authorisation";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { type HttpEnv, problemReply } from "@xinqiao/runtime/http";
import type { Context } from "hono";
import { type WithdrawalPages, type WithdrawDependencies, withdraw } from "../authorisation/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { noteRefusal } from "./lookups.ts";
import { jsonBody, type MemberHandler } from "./member-route.ts";

/** `POST /v1/authorisations/withdrawals` (PR-EXCHANGE §13). */
export function withdrawalHandler(deps: WithdrawDependencies, events: GatewayEvents): MemberHandler {
  return async (request) => {
    const { body, verified, claim, trace, ids, signed, replyBeside } = request;
    const { member } = verified.from;
    const withdrawal = parseJson(body, withdrawalSchema);
    if (!withdrawal.ok) return err(await events.unreadable(withdrawal.error, ids, member.node, claim));
    const { requestId } = verified;
    const { traceId } = trace;
    const asked = { withdrawal: withdrawal.value, member, requestId, claim, traceId, signed };
    const done = await withdraw(asked, deps);
    if (done.ok) {
      replyBeside(done.value.log.index);
      events.withdrawn(done.value, ids);
      return ok(jsonBody(done.value));
    }
    if ("refused" in done.error) {
      return err(await events.unreadable(done.error.refused, ids, member.node, claim));
    }
    const reason = fault(done.error.failed.code);
    await noteRefusal(reason, ids, events);
    return err(reason);
  };
}

/**
 * `GET /v1/withdrawals?after=<number>`: what was withdrawn since, signed. Public: ids of authorisations say nothing of
 * any subject.
 */
export async function withdrawalPage(
  context: Context<HttpEnv>,
  { pages, hop }: { readonly pages: WithdrawalPages; readonly hop: string },
): Promise<Response> {
  const after = context.req.query("after") ?? "0";
  if (!/^\d{1,15}$/.test(after)) return problemReply(fault("request.query-not-allowed"), { hop });
  const { text, tag } = await pages.behind(Number(after));
  const headers = { etag: tag, "cache-control": "no-cache", "content-type": withdrawalsMediaType };
  return context.req.header("if-none-match") === tag
    ? context.body(null, 304, headers)
    : context.body(text, 200, headers);
}
