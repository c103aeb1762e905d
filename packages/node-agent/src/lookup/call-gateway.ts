import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { asResult, fault, parseProblem } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { fieldReader, type RequestHead, signRequest, verifyResponse } from "@xinqiao/protocol/signing";
import { formatTraceparent, type TraceContext } from "@xinqiao/protocol/trace";
import type { Entropy } from "@xinqiao/runtime/entropy";
import type { CallError, GatewayReply, SendToGateway } from "./port.ts";

export interface CallDependencies {
  readonly node: NodeId;
  readonly gateway: { readonly node: NodeId; readonly origin: string };
  readonly directory: () => Directory;
  readonly signer: Signer;
  readonly send: SendToGateway;
  readonly entropy: Entropy;
  readonly now: () => number;
}

export interface GatewayCall {
  readonly path: string;
  readonly body: object;
  readonly requestId: string;
  readonly timeoutMs: number;
  /** When it is signed, in milliseconds since 1970; now, when left out. */
  readonly at?: number;
}

/** One signed request to the gateway: the body of its reply, which is 200 and verifies, or why there is none. */
export async function callGateway(
  { path, body: content, requestId, timeoutMs, at }: GatewayCall,
  trace: TraceContext,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<Uint8Array, CallError>> {
  const body = Buffer.from(JSON.stringify(content));
  const signed = await asResult(() => sign({ path, body, requestId, at: at ?? deps.now() }, trace, deps));
  if (!signed.ok) return err({ by: "agent", fault: signed.error });
  const request = signed.value;
  const reply = await deps.send({ ...request, path, body }, timeoutMs, signal);
  if (!reply.ok) return err({ by: "agent", fault: reply.error });
  const verified = verifyResponse({ ...reply.value.head, request }, reply.value.body, {
    key: deps.directory().key,
    self: deps.node,
    now: deps.now(),
  });
  if (reply.value.head.status !== 200) return err(problemOf(reply.value, verified.ok));
  return verified.ok ? ok(reply.value.body) : invalidReply(verified.error.code);
}

/** A reply that cannot be what the gateway said. */
export function invalidReply(detail: string): { readonly ok: false; readonly error: CallError } {
  return err({ by: "agent", fault: fault("gateway.response-invalid", detail) });
}

async function sign(
  {
    path,
    body,
    requestId,
    at,
  }: Pick<GatewayCall, "path" | "requestId"> & { readonly at: number; readonly body: Uint8Array },
  trace: TraceContext,
  deps: CallDependencies,
): Promise<RequestHead & { headers: Record<string, string> }> {
  const targetUri = `${deps.gateway.origin}${path}`;
  const signed = await signRequest(
    {
      method: "POST",
      targetUri,
      body,
      contentType: "application/json",
      requestId,
      from: deps.node,
      to: deps.gateway.node,
    },
    { signer: deps.signer, now: at, nonce: deps.entropy.nonce() },
  );
  const headers = { ...signed, traceparent: formatTraceparent(trace) };
  return { method: "POST", targetUri, headers, field: fieldReader(headers) };
}

/** What the gateway said, marked as unverified when its signature does not hold: good for a hint only. */
function problemOf(reply: GatewayReply, verified: boolean): CallError {
  const problem = parseProblem(Buffer.from(reply.body).toString("utf8"));
  if (problem === undefined) {
    const detail = `status ${reply.head.status} without a problem document`;
    return { by: "agent", fault: fault("gateway.response-invalid", detail) };
  }
  return { by: "gateway", problem, verified };
}
