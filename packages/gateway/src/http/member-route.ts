import { type KeptAnswers, keepRequest, keepResponse } from "@xinqiao/protocol/evidence";
import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type Fault, fault, problemMediaType, statusOf } from "@xinqiao/protocol/problem";
import type { RegistryStanding } from "@xinqiao/protocol/registry";
import type { Result } from "@xinqiao/protocol/result";
import { nextHop, type TraceContext } from "@xinqiao/protocol/trace";
import type { Received } from "@xinqiao/protocol/transport";
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
import type { AuthenticatedLookup } from "../exchange/index.ts";
import type { RateLimit, RecentClaims } from "../limit/index.ts";
import type { AuditLog, NonceClaim } from "../log/index.ts";
import type { GatewayEvents, RequestIds } from "../telemetry/index.ts";
import { addressOf } from "./address.ts";
import { type ReplySigning, type SignedText, signedReply, toResponse } from "./signed-reply.ts";

export interface MemberRouteDependencies {
  readonly endpoint: SignedEndpoint;
  readonly reply: ReplySigning;
  readonly log: Pick<AuditLog, "keep">;
  /** Places for requests being read, whoever sends them: more than for those of members. */
  readonly reading: InFlight;
  readonly inFlight: InFlight;
  readonly memberRate: RateLimit;
  readonly recent: RecentClaims;
  readonly standing: () => RegistryStanding;
  readonly refusalRate: RateLimit;
  readonly entropy: Entropy;
  readonly events: GatewayEvents;
}

/** A request that a member is known to have sent. Its nonce is still to be spent, by the entry that records it. */
export interface MemberRequest
  extends Pick<Received, "body" | "verified">,
    Pick<AuthenticatedLookup, "signed" | "replyBeside"> {
  readonly claim: NonceClaim;
  readonly trace: TraceContext;
  readonly ids: RequestIds;
  /** Fires when the asker goes away. */
  readonly gone: AbortSignal;
}

/** A reply's body, as it travels. */
export interface ReplyBody {
  readonly text: string;
  readonly contentType: string;
}

export const jsonBody = (value: object): ReplyBody => ({
  text: JSON.stringify(value),
  contentType: "application/json",
});

/** What a member's request comes to: the reply's body, or why there is none. It writes its own entries. */
export type MemberHandler = (request: MemberRequest) => Promise<Result<ReplyBody, Fault>>;

/** A route for members: read within limits, verified, rated, and answered with a signature whatever becomes of it. */
export function memberRoute(deps: MemberRouteDependencies, handler: MemberHandler): Handler<HttpEnv> {
  return async (context) => {
    const trace = nextHop(context.req.header("traceparent"), deps.entropy.hex);
    const received = await read(context, trace, deps);
    return received instanceof Response ? received : handle(context, received, trace, { ...deps, handler });
  };
}

async function read(
  context: Context<HttpEnv>,
  trace: TraceContext,
  deps: MemberRouteDependencies,
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
  deps: MemberRouteDependencies & { readonly handler: MemberHandler },
): Promise<Response> {
  const { verified, head } = received;
  const { node } = verified.from.member;
  const ids = { requestId: verified.requestId, traceId: trace.traceId, actor: node };
  const [keep, replyBeside] = keepingReply(deps.log);
  const answering = { ...deps, keep };
  const refuse = (reason: Fault) => refuseSigned(reason, ids, head, answering);
  const claim = { keyId: verified.keyId, nonce: verified.nonce, expiresAt: verified.nonceExpiresAt };
  if (deps.recent.has(claim)) return refuse(await noteReplay(context, ids, deps));
  const over = (await deps.memberRate.take(node)) ?? deps.inFlight.enter();
  if (over) {
    deps.events.turnedAway(over, ids);
    return refuse(over);
  }
  try {
    deps.recent.add(claim);
    const { body } = received;
    const { signal: gone } = context.req.raw;
    const done = await deps.handler({
      body,
      verified,
      claim,
      trace,
      ids,
      gone,
      replyBeside,
      // Built for those who keep it only: it has the whole body in it.
      get signed() {
        return keepRequest(head, body);
      },
    });
    if (!done.ok) return refuse(done.error);
    return await replySigned({ status: 200, ...done.value }, ids, head, answering);
  } catch (error) {
    deps.events.failed(error, ids);
    return refuse(fault("server.internal"));
  } finally {
    deps.inFlight.leave();
  }
}

type Keep = (sent: SignedText) => void;

/** A signed reply is kept beside the entry that its request came to, once the handler has named one. */
function keepingReply(log: Pick<AuditLog, "keep">): [Keep, MemberRequest["replyBeside"]] {
  let place: { readonly entry: number; readonly answers: KeptAnswers } | undefined;
  return [
    (sent) => place && log.keep(place.entry, { response: keepResponse(sent, place.answers) }),
    (entry, answers = []) => {
      place = { entry, answers };
    },
  ];
}

/** Whoever sends a captured request again spends what its address may get wrong, not its sender's rate. */
async function noteReplay(
  context: Context<HttpEnv>,
  ids: RequestIds,
  deps: MemberRouteDependencies,
): Promise<Fault> {
  const overRate = await deps.refusalRate.take(addressOf(context));
  if (overRate === undefined) return deps.events.unreadable(fault("signature.replayed"), ids, ids.actor);
  deps.events.turnedAway(overRate, ids);
  return overRate;
}

/** Without its key this node proves nothing. It says so unsigned, which is a hint. */
async function replySigned(
  reply: Parameters<typeof signedReply>[0],
  ids: RequestIds,
  request: Received["head"],
  deps: MemberRouteDependencies & { readonly keep: Keep },
): Promise<Response> {
  const signed = await signedReply(reply, request, deps.reply);
  if (signed.ok) {
    deps.keep(signed.value);
    return toResponse(signed.value);
  }
  deps.events.refused(signed.error, ids);
  return problemReply(signed.error, whereOf(ids, deps));
}

function refuseSigned(
  reason: Fault,
  ids: RequestIds,
  request: Received["head"],
  deps: MemberRouteDependencies & { readonly keep: Keep },
): Promise<Response> {
  const text = problemText(reason, whereOf(ids, deps));
  return replySigned({ status: statusOf(reason), text, contentType: problemMediaType }, ids, request, deps);
}

function whereOf({ requestId, traceId }: RequestIds, { endpoint }: MemberRouteDependencies): Where {
  return { hop: endpoint.self, traceId, requestId: requestId ?? undefined };
}

/** Nobody is known to have sent it: the answer is not signed, and one address gets only so many entries. */
async function refuseUnread(
  context: Context<HttpEnv>,
  reason: Fault,
  trace: TraceContext,
  deps: MemberRouteDependencies,
): Promise<Response> {
  const overRate = await deps.refusalRate.take(addressOf(context));
  if (overRate) return turnAway(overRate, trace, deps);
  const requestId = uuidOrNull(context.req.header("x-request-id"));
  const ids = { requestId, traceId: trace.traceId, actor: null };
  await deps.events.unreadable(reason, ids, claimedSender(context.req.header("xinqiao-from"), deps));
  const reply = problemReply(reason, {
    hop: deps.endpoint.self,
    traceId: trace.traceId,
    requestId: requestId ?? undefined,
  });
  // What is left of a body that was not read cannot be told from the next request.
  if (reason.code.startsWith("request.body")) reply.headers.set("connection", "close");
  return reply;
}

function turnAway(reason: Fault, { traceId }: TraceContext, deps: MemberRouteDependencies): Response {
  deps.events.turnedAway(reason, { requestId: null, traceId, actor: null });
  return problemReply(reason, { hop: deps.endpoint.self, traceId });
}

/** A member's id and nothing else: an identity number can look like one. */
function claimedSender(field: string | undefined, { endpoint }: MemberRouteDependencies): NodeId | null {
  const node = nodeIdSchema.safeParse(field).data;
  return node !== undefined && endpoint.directory().member(node) !== undefined ? node : null;
}

function uuidOrNull(field: string | undefined): string | null {
  return z.uuid().safeParse(field).data ?? null;
}
