import { lookupSchema } from "@xinqiao/protocol/exchange";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type Fault, problemMediaType, statusOf } from "@xinqiao/protocol/problem";
import { nextHop, type TraceContext } from "@xinqiao/protocol/trace";
import { parseJson, type Received } from "@xinqiao/protocol/transport";
import type { Entropy } from "@xinqiao/runtime/entropy";
import {
  type HttpEnv,
  type InFlight,
  problemReply,
  problemText,
  receiveSigned,
  type SignedEndpoint,
} from "@xinqiao/runtime/http";
import type { Context, Handler } from "hono";
import { z } from "zod";
import { type LookUpDependencies, lookUp } from "../exchange/index.ts";
import type { LimitedBook, RateLimit } from "../limit/index.ts";
import type { GatewayEvents, RequestIds } from "../telemetry/index.ts";
import { type ReplySigning, signedReply } from "./signed-reply.ts";

export interface LookupRouteDependencies {
  readonly endpoint: SignedEndpoint;
  readonly lookUp: LookUpDependencies;
  readonly reply: ReplySigning;
  readonly inFlight: InFlight;
  readonly memberRate: RateLimit;
  readonly refusalRate: RateLimit;
  readonly limited: LimitedBook;
  readonly entropy: Entropy;
  readonly events: GatewayEvents;
}

/** `POST /v1/lookups` (PR-EXCHANGE §4). */
export function lookupsRoute(deps: LookupRouteDependencies): Handler<HttpEnv> {
  return async (context) => {
    const trace = nextHop(context.req.header("traceparent"), deps.entropy.hex);
    const full = deps.inFlight.enter();
    if (full) return turnAway(full, trace, deps);
    try {
      const received = await receiveSigned(context, deps.endpoint);
      if (!received.ok) return await refuseUnread(context, received.error, trace, deps);
      return await handle(context, received.value, trace, deps);
    } finally {
      deps.inFlight.leave();
    }
  };
}

async function handle(
  context: Context<HttpEnv>,
  { head, body, verified }: Received,
  trace: TraceContext,
  deps: LookupRouteDependencies,
): Promise<Response> {
  const begun = deps.lookUp.elapsed();
  const requester = verified.from.member;
  const ids = { requestId: verified.requestId, traceId: trace.traceId, actor: requester.node };
  const refuse = (reason: Fault) => refuseSigned(reason, ids, head, deps);

  const overRate = await deps.memberRate.take(requester.node);
  if (overRate) {
    deps.limited.note(requester.node);
    deps.events.refused(overRate, ids);
    return refuse(overRate);
  }
  const lookup = parseJson(body, lookupSchema);
  if (!lookup.ok) {
    await deps.events.unreadable(lookup.error, ids, requester.node);
    return refuse(lookup.error);
  }
  const claim = { keyId: verified.keyId, nonce: verified.nonce, expiresAt: verified.nonceExpiresAt };
  const exchange = await lookUp(
    {
      lookup: lookup.value,
      requester,
      exchange: verified.requestId,
      claim,
      trace,
      gone: context.req.raw.signal,
    },
    deps.lookUp,
  );
  if (!exchange.ok) {
    await noteRefusal(exchange.error, ids, deps);
    return refuse(exchange.error);
  }
  deps.events.exchanged(exchange.value, ids, deps.lookUp.elapsed() - begun);
  const text = JSON.stringify(exchange.value);
  return signedReply({ status: 200, text, contentType: "application/json" }, head, deps.reply);
}

/** The use case logs its own refusals, but for a replay: there the log itself refused the entry. */
async function noteRefusal(reason: Fault, ids: RequestIds, deps: LookupRouteDependencies): Promise<void> {
  if (reason.code === "signature.replayed") await deps.events.unreadable(reason, ids, ids.actor);
  else deps.events.refused(reason, ids);
}

function refuseSigned(
  reason: Fault,
  { requestId, traceId }: RequestIds,
  request: Received["head"],
  deps: LookupRouteDependencies,
): Promise<Response> {
  const text = problemText(reason, { hop: deps.endpoint.self, traceId, requestId: requestId ?? undefined });
  return signedReply({ status: statusOf(reason), text, contentType: problemMediaType }, request, deps.reply);
}

/** Nobody is known to have sent it: the answer is not signed, and one address gets only so many entries. */
async function refuseUnread(
  context: Context<HttpEnv>,
  reason: Fault,
  trace: TraceContext,
  deps: LookupRouteDependencies,
): Promise<Response> {
  const address = context.env.incoming.socket.remoteAddress ?? "";
  const overRate = await deps.refusalRate.take(address);
  if (overRate) return turnAway(overRate, trace, deps);
  const requestId = uuidOrNull(context.req.header("x-request-id"));
  const ids = { requestId, traceId: trace.traceId, actor: null };
  await deps.events.unreadable(reason, ids, claimedSender(context.req.header("xinqiao-from")));
  const reply = problemReply(reason, {
    hop: deps.endpoint.self,
    traceId: trace.traceId,
    requestId: requestId ?? undefined,
  });
  // What is left of a body that was not read cannot be told from the next request.
  if (reason.code.startsWith("request.body")) reply.headers.set("connection", "close");
  return reply;
}

/** Refused unread, for want of room: counted into one log entry with others of its while. */
function turnAway(reason: Fault, { traceId }: TraceContext, deps: LookupRouteDependencies): Response {
  deps.limited.note(null);
  deps.events.refused(reason, { requestId: null, traceId, actor: null });
  return problemReply(reason, { hop: deps.endpoint.self, traceId });
}

function claimedSender(field: string | undefined): NodeId | null {
  return nodeIdSchema.safeParse(field).data ?? null;
}

function uuidOrNull(field: string | undefined): string | null {
  return z.uuid().safeParse(field).data ?? null;
}
