import { lookupSchema } from "@xinqiao/protocol/exchange";
import type { Fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import { type LookUpDependencies, lookUp } from "../exchange/index.ts";
import { type GatewayEvents, isSpent, type RequestIds } from "../telemetry/index.ts";
import { jsonBody, type MemberHandler } from "./member-route.ts";

/** `POST /v1/lookups` (PR-EXCHANGE §4). */
export function lookupHandler(deps: LookUpDependencies, events: GatewayEvents): MemberHandler {
  return async ({ body, verified, ids, ...request }) => {
    const { claim } = request;
    const begun = deps.elapsed();
    const requester = verified.from.member;
    const lookup = parseJson(body, lookupSchema);
    if (!lookup.ok) return err(await events.unreadable(lookup.error, ids, requester.node, claim));
    const exchange = await lookUp(
      {
        ...request,
        lookup: lookup.value,
        requester,
        exchange: verified.requestId,
        askedAt: verified.signedAt,
      },
      deps,
    );
    if (!exchange.ok) {
      await noteRefusal(exchange.error, ids, events);
      return exchange;
    }
    events.exchanged(exchange.value, ids, deps.elapsed() - begun);
    return ok(jsonBody(exchange.value));
  };
}

/** The use case logs its own refusals, but for a replay: there the log itself refused the entry. */
export async function noteRefusal(reason: Fault, ids: RequestIds, events: GatewayEvents): Promise<void> {
  if (isSpent(reason.code)) await events.unreadable(reason, ids, ids.actor);
  else events.refused(reason, ids);
}
