import { enrolmentMediaType } from "@xinqiao/protocol/enrolment";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { nextHop } from "@xinqiao/protocol/trace";
import { readBody } from "@xinqiao/protocol/transport";
import type { Entropy } from "@xinqiao/runtime/entropy";
import { type HttpEnv, type InFlight, problemReply } from "@xinqiao/runtime/http";
import type { Context, Handler } from "hono";
import { type ReceiveDependencies, receiveEnrolment } from "../enrolment/index.ts";
import type { RateLimit } from "../limit/index.ts";
import type { GatewayEvents } from "../telemetry/index.ts";
import { addressOf } from "./address.ts";

export interface EnrolmentRouteDependencies {
  readonly hop: string;
  readonly receive: ReceiveDependencies;
  readonly reading: InFlight;
  /** Whoever enrols is nobody yet: each address gets so many requests. */
  readonly addressRate: RateLimit;
  readonly entropy: Entropy;
  readonly events: GatewayEvents;
  readonly bodyTimeoutMs: number;
}

/** An invitation and a request around it, with room to spare. */
const maxBytes = 32 * 1024;

/** `POST /v1/enrolments`: a request for a key to be listed (PR-REGISTRY §6). It is signed by that key, not by the message. */
export function enrolmentsRoute(deps: EnrolmentRouteDependencies): Handler<HttpEnv> {
  return async (context) => {
    const { traceId } = nextHop(context.req.header("traceparent"), deps.entropy.hex);
    const ids = { requestId: null, traceId, actor: null };
    const over = (await deps.addressRate.take(addressOf(context))) ?? deps.reading.enter();
    if (over) {
      deps.events.turnedAway(over, ids);
      return problemReply(over, { hop: deps.hop, traceId });
    }
    try {
      const text = await readText(context, deps.bodyTimeoutMs);
      const receipt = text.ok ? await receiveEnrolment(text.value, deps.receive) : text;
      if (receipt.ok) return context.json(receipt.value, 202);
      await deps.events.unreadable(receipt.error, ids, null);
      return problemReply(receipt.error, { hop: deps.hop, traceId });
    } finally {
      deps.reading.leave();
    }
  };
}

async function readText(context: Context<HttpEnv>, timeoutMs: number): Promise<Result<string, Fault>> {
  if (context.req.header("content-type") !== enrolmentMediaType) {
    return err(fault("request.media-type", `must be ${enrolmentMediaType}`));
  }
  const length = context.req.header("content-length");
  const body = await readBody(context.env.incoming, length, maxBytes, AbortSignal.timeout(timeoutMs));
  return body.ok ? ok(Buffer.from(body.value).toString("latin1").trim()) : body;
}
