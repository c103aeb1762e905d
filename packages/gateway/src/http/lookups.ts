import { lookupSchema } from "@xinqiao/protocol/exchange";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type Fault, fault, problemMediaType, statusOf } from "@xinqiao/protocol/problem";
import type { RegistryStanding } from "@xinqiao/protocol/registry";
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
  type Where,
} from "@xinqiao/runtime/http";
import type { Context, Handler } from "hono";
import { z } from "zod";
import { type LookUpDependencies, lookUp } from "../exchange/index.ts";
import type { RateLimit, RecentClaims } from "../limit/index.ts";
import type { NonceClaim } from "../log/index.ts";
import { type GatewayEvents, isSpent, type RequestIds } from "../telemetry/index.ts";
import { addressOf } from "./address.ts";
import { type ReplySigning, signedReply } from "./signed-reply.ts";

export interface LookupRouteDependencies {
  readonly endpoint: SignedEndpoint;
  readonly lookUp: LookUpDependencies;
  readonly reply: ReplySigning;
  /** Places for requests being read, whoever sends them: more than for lookups, which only members get. */
  readonly reading: InFlight;
  readonly inFlight: InFlight;
  readonly memberRate: RateLimit;
  readonly recent: RecentClaims;
  readonly standing: () => RegistryStanding;
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
  // Whose key is whose is no longer known: nobody can be told from anybody.
  if (deps.standing() === "expired") return refuseUnread(context, fault("registry.expired"), trace, deps);
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
  const { verified, head } = received;
  const { node } = verified.from.member;
  const ids = { requestId: verified.requestId, traceId: trace.traceId, actor: node };
  const refuse = (reason: Fault) => refuseSigned(reason, ids, head, deps);
  const claim = { keyId: verified.keyId, nonce: verified.nonce, expiresAt: verified.nonceExpiresAt };
  if (deps.recent.has(claim)) return refuse(await noteReplay(context, ids, deps));
  const over = (await deps.memberRate.take(node)) ?? deps.inFlight.enter();
  if (over) {
    deps.events.turnedAway(over, ids);
    return refuse(over);
  }
  try {
    deps.recent.add(claim);
    return await answer(context, received, { claim, trace, ids }, deps);
  } catch (error) {
    deps.events.failed(error, ids);
    return refuse(fault("server.internal"));
  } finally {
    deps.inFlight.leave();
  }
}

interface Admitted {
  readonly claim: NonceClaim;
  readonly trace: TraceContext;
  readonly ids: RequestIds;
}

async function answer(
  context: Context<HttpEnv>,
  { head, body, verified }: Received,
  { claim, trace, ids }: Admitted,
  deps: LookupRouteDependencies,
): Promise<Response> {
  const begun = deps.lookUp.elapsed();
  const requester = verified.from.member;
  const refuse = (reason: Fault) => refuseSigned(reason, ids, head, deps);
  const lookup = parseJson(body, lookupSchema);
  if (!lookup.ok) return refuse(await deps.events.unreadable(lookup.error, ids, requester.node, claim));
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
  return replySigned({ status: 200, text, contentType: "application/json" }, ids, head, deps);
}

/** Without its key this node proves nothing. It says so unsigned, which is a hint. */
async function replySigned(
  reply: Parameters<typeof signedReply>[0],
  ids: RequestIds,
  request: Received["head"],
  deps: LookupRouteDependencies,
): Promise<Response> {
  const signed = await signedReply(reply, request, deps.reply);
  if (signed.ok) return signed.value;
  deps.events.refused(signed.error, ids);
  return problemReply(signed.error, whereOf(ids, deps));
}

/** Whoever sends a captured request again spends what its address may get wrong, not its sender's rate. */
async function noteReplay(
  context: Context<HttpEnv>,
  ids: RequestIds,
  deps: LookupRouteDependencies,
): Promise<Fault> {
  const overRate = await deps.refusalRate.take(addressOf(context));
  if (overRate === undefined) return deps.events.unreadable(fault("signature.replayed"), ids, ids.actor);
  deps.events.turnedAway(overRate, ids);
  return overRate;
}

/** The use case logs its own refusals, but for a replay: there the log itself refused the entry. */
async function noteRefusal(reason: Fault, ids: RequestIds, deps: LookupRouteDependencies): Promise<void> {
  if (isSpent(reason.code)) await deps.events.unreadable(reason, ids, ids.actor);
  else deps.events.refused(reason, ids);
}

function refuseSigned(
  reason: Fault,
  ids: RequestIds,
  request: Received["head"],
  deps: LookupRouteDependencies,
): Promise<Response> {
  const text = problemText(reason, whereOf(ids, deps));
  return replySigned({ status: statusOf(reason), text, contentType: problemMediaType }, ids, request, deps);
}

function whereOf({ requestId, traceId }: RequestIds, { endpoint }: LookupRouteDependencies): Where {
  return { hop: endpoint.self, traceId, requestId: requestId ?? undefined };
}

/** Nobody is known to have sent it: the answer is not signed, and one address gets only so many entries. */
async function refuseUnread(
  context: Context<HttpEnv>,
  reason: Fault,
  trace: TraceContext,
  deps: LookupRouteDependencies,
): Promise<Response> {
  const overRate = await deps.refusalRate.take(addressOf(context));
  if (overRate) return turnAway(overRate, trace, deps);
  const requestId = uuidOrNull(context.req.header("x-request-id"));
  const ids = { requestId, traceId: trace.traceId, actor: null };
  await deps.events.unreadable(reason, ids, claimedSender(context.req.header("xinqiao-from"), deps));
  const reply = problemReply(reason, whereOf(ids, deps));
  // What is left of a body that was not read cannot be told from the next request.
  if (reason.code.startsWith("request.body")) reply.headers.set("connection", "close");
  return reply;
}

function turnAway(reason: Fault, { traceId }: TraceContext, deps: LookupRouteDependencies): Response {
  deps.events.turnedAway(reason, { requestId: null, traceId, actor: null });
  return problemReply(reason, { hop: deps.endpoint.self, traceId });
}

/** A member's id and nothing else: an identity number can look like one. */
function claimedSender(field: string | undefined, { endpoint }: LookupRouteDependencies): NodeId | null {
  const node = nodeIdSchema.safeParse(field).data;
  return node !== undefined && endpoint.directory().member(node) !== undefined ? node : null;
}

function uuidOrNull(field: string | undefined): string | null {
  return z.uuid().safeParse(field).data ?? null;
}
