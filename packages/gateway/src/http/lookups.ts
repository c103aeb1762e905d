import { lookupSchema } from "@xinqiao/protocol/exchange";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type Fault, fault, problemMediaType, statusOf } from "@xinqiao/protocol/problem";
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
import { addressKey, type RateLimit } from "../limit/index.ts";
import type { GatewayEvents, RequestIds } from "../telemetry/index.ts";
import { type ReplySigning, signedReply } from "./signed-reply.ts";

export interface LookupRouteDependencies {
  readonly endpoint: SignedEndpoint;
  readonly lookUp: LookUpDependencies;
  readonly reply: ReplySigning;
  /** Places for requests being read, whoever sends them: more than for lookups, which only members get. */
  readonly reading: InFlight;
  readonly inFlight: InFlight;
  readonly memberRate: RateLimit;
  readonly refusalRate: RateLimit;
  readonly entropy: Entropy;
  readonly events: GatewayEvents;
}

/** `POST /v1/lookups` (PR-EXCHANGE §4). */
export function lookupsRoute(deps: LookupRouteDependencies): Handler<HttpEnv> {
  return async (context) => {
    const trace = nextHop(context.req.header("traceparent"), deps.entropy.hex);
    const received = await read(context, trace, deps);
    return received instanceof Response ? received : handle(context, received, trace, deps);
  };
}

async function read(
  context: Context<HttpEnv>,
  trace: TraceContext,
  deps: LookupRouteDependencies,
): Promise<Received | Response> {
  const full = deps.reading.enter();
  if (full) return turnAway(full, trace, deps);
  try {
    const received = await receiveSigned(context, deps.endpoint);
    return received.ok ? received.value : await refuseUnread(context, received.error, trace, deps);
  } finally {
    deps.reading.leave();
  }
}

/** From here on a member is asking: whatever becomes of it, the reply is signed. */
async function handle(
  context: Context<HttpEnv>,
  received: Received,
  trace: TraceContext,
  deps: LookupRouteDependencies,
): Promise<Response> {
  const { node } = received.verified.from.member;
  const ids = { requestId: received.verified.requestId, traceId: trace.traceId, actor: node };
  const refuse = (reason: Fault) => refuseSigned(reason, ids, received.head, deps);
  const over = (await deps.memberRate.take(node)) ?? deps.inFlight.enter();
  if (over) {
    deps.events.turnedAway(over, ids);
    return refuse(over);
  }
  try {
    return await answer(context, received, trace, ids, deps);
  } catch (error) {
    deps.events.failed(error, ids);
    return refuse(fault("server.internal"));
  } finally {
    deps.inFlight.leave();
  }
}

async function answer(
  context: Context<HttpEnv>,
  { head, body, verified }: Received,
  trace: TraceContext,
  ids: RequestIds,
  deps: LookupRouteDependencies,
): Promise<Response> {
  const begun = deps.lookUp.elapsed();
  const requester = verified.from.member;
  const refuse = (reason: Fault) => refuseSigned(reason, ids, head, deps);
  const claim = { keyId: verified.keyId, nonce: verified.nonce, expiresAt: verified.nonceExpiresAt };
  const lookup = parseJson(body, lookupSchema);
  if (!lookup.ok) {
    await deps.events.unreadable(lookup.error, ids, requester.node, claim);
    return refuse(lookup.error);
  }
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
  const address = addressKey(context.env.incoming.socket.remoteAddress ?? "");
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

function turnAway(reason: Fault, { traceId }: TraceContext, deps: LookupRouteDependencies): Response {
  deps.events.turnedAway(reason, { requestId: null, traceId, actor: null });
  return problemReply(reason, { hop: deps.endpoint.self, traceId });
}

function claimedSender(field: string | undefined): NodeId | null {
  return nodeIdSchema.safeParse(field).data ?? null;
}

function uuidOrNull(field: string | undefined): string | null {
  return z.uuid().safeParse(field).data ?? null;
}
