import { createHash, timingSafeEqual } from "node:crypto";
import { lookupSchema } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Code, type Fault, fault, problemMediaType } from "@xinqiao/protocol/problem";
import type { RegistryStanding } from "@xinqiao/protocol/registry";
import { nextHop } from "@xinqiao/protocol/trace";
import { parseJson, readBody } from "@xinqiao/protocol/transport";
import type { Entropy } from "@xinqiao/runtime/entropy";
import { type HttpEnv, type InFlight, problemReply } from "@xinqiao/runtime/http";
import { type Context, Hono } from "hono";
import { type LookUpDependencies, type LookUpError, lookUp } from "../lookup/index.ts";
import type { RecordSource } from "../source/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";

export interface LocalDependencies {
  readonly node: NodeId;
  readonly token: string;
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly lookUp: LookUpDependencies;
  readonly source: Pick<RecordSource, "check">;
  readonly inFlight: InFlight;
  readonly standing: () => RegistryStanding;
  /** Whether the door to the gateway is open: the platform may look in before that. */
  readonly open: () => boolean;
  readonly entropy: Entropy;
  readonly events: AgentEvents;
}

/** What the member's own platform calls on loopback, in plain JSON with a bearer token. */
export function localRoutes(deps: LocalDependencies): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const hop = deps.node;
  const expected = digest(`Bearer ${deps.token}`);
  const authorised = (header: string | undefined) => timingSafeEqual(digest(header ?? ""), expected);

  app.get("/healthz", (context) => context.json({ status: "ok", node: deps.node }));
  app.get("/readyz", async (context) => {
    const code = await notReady(deps);
    return context.json(code ? { status: "not ready", code } : { status: "ready" }, code ? 503 : 200);
  });
  app.get("/metrics", async (context) =>
    context.body(await deps.events.metrics(), 200, { "content-type": deps.events.metricsType }),
  );
  app.post("/v1/lookups", (context) =>
    authorised(context.req.header("authorization"))
      ? handleLookup(context, deps)
      : problemReply(fault("local.unauthorised"), { hop }),
  );
  app.notFound(() => problemReply(fault("request.not-found"), { hop }));
  app.onError((error) => {
    deps.events.failed(error);
    return problemReply(fault("server.internal"), { hop });
  });
  return app;
}

async function notReady({ open, inFlight, source }: LocalDependencies): Promise<Code | undefined> {
  if (!open()) return "server.starting";
  if (inFlight.draining) return "server.draining";
  const checked = await source.check(AbortSignal.timeout(2_000));
  return checked.ok ? undefined : checked.error.code;
}

async function handleLookup(context: Context<HttpEnv>, deps: LocalDependencies): Promise<Response> {
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
    const lookup = parseJson(body.value, lookupSchema);
    if (!lookup.ok) return refuse(lookup.error);
    const exchange = await lookUp(lookup.value, trace, deps.lookUp, context.req.raw.signal);
    if (!exchange.ok)
      return exchange.error.by === "agent"
        ? refuse(exchange.error.fault)
        : passOn(exchange.error, trace.traceId, deps);
    deps.events.lookedUp(exchange.value, trace.traceId);
    return context.json(exchange.value);
  } finally {
    deps.inFlight.leave();
  }
}

/** The gateway's problem goes through as it said it, naming its own hop. */
function passOn(
  { problem, verified }: Extract<LookUpError, { by: "gateway" }>,
  traceId: string,
  { events }: LocalDependencies,
): Response {
  events.refused({ code: problem.code }, { traceId, requestId: problem.requestId });
  return Response.json(
    { ...problem, verified },
    { status: problem.status, headers: { "content-type": problemMediaType } },
  );
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
