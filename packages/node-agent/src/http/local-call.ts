import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault, problemMediaType } from "@xinqiao/protocol/problem";
import type { RegistryStanding } from "@xinqiao/protocol/registry";
import type { Result } from "@xinqiao/protocol/result";
import { nextHop, type TraceContext } from "@xinqiao/protocol/trace";
import { readBody } from "@xinqiao/protocol/transport";
import type { Entropy } from "@xinqiao/runtime/entropy";
import { type HttpEnv, type InFlight, problemReply } from "@xinqiao/runtime/http";
import type { Context } from "hono";
import type { CallError } from "../lookup/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";

export interface LocalCallDependencies {
  readonly node: NodeId;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly inFlight: InFlight;
  readonly standing: () => RegistryStanding;
  readonly entropy: Entropy;
  readonly events: AgentEvents;
}

/** What the platform asks for: the reply's JSON, or why there is none. */
export type LocalWork = (
  body: Uint8Array,
  trace: TraceContext,
  gone: AbortSignal,
) => Promise<Result<object, CallError>>;

/** Reads what the platform sends within limits, and answers in JSON. */
export async function localCall(
  context: Context<HttpEnv>,
  deps: LocalCallDependencies,
  work: LocalWork,
): Promise<Response> {
  const trace = nextHop(context.req.header("traceparent"), deps.entropy.hex);
  const where = { hop: deps.node, traceId: trace.traceId };
  const refuse = (reason: Fault) => {
    deps.events.refused(reason, { traceId: trace.traceId });
    return problemReply(reason, where);
  };
  if (deps.standing() === "expired") return refuse(fault("registry.expired"));
  const full = deps.inFlight.enter();
  if (full) return refuse(full);
  try {
    const timeout = AbortSignal.timeout(deps.bodyTimeoutMs);
    const length = context.req.header("content-length");
    const body = await readBody(context.env.incoming, length, deps.maxBodyBytes, timeout);
    if (!body.ok) return refuse(body.error);
    const done = await work(body.value, trace, context.req.raw.signal);
    if (done.ok) return context.json(done.value);
    return done.error.by === "agent" ? refuse(done.error.fault) : passOn(done.error, trace.traceId, deps);
  } finally {
    deps.inFlight.leave();
  }
}

/** The gateway's problem goes through as it said it, naming its own hop. */
function passOn(
  { problem, verified }: Extract<CallError, { by: "gateway" }>,
  traceId: string,
  { events }: LocalCallDependencies,
): Response {
  events.refused({ code: problem.code }, { traceId, requestId: problem.requestId });
  return Response.json(
    { ...problem, verified },
    { status: problem.status, headers: { "content-type": problemMediaType } },
  );
}
