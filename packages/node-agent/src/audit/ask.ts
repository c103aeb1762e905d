import { type Search, type SearchAnswer, searchAnswerSchema } from "@xinqiao/protocol/audit";
import { type Bundle, bundleSchema, type ProofRequest } from "@xinqiao/protocol/bundle";
import { err, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import { type CallDependencies, type CallError, callGateway, invalidReply } from "../lookup/index.ts";

const timeoutMs = 30_000;

/** An auditor's search: the gateway answers members of that role only, and logs it. */
export async function searchLog(
  search: Search,
  trace: TraceContext,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<SearchAnswer, CallError>> {
  const requestId = deps.entropy.uuid();
  const call = { path: "/v1/audit/searches", body: search, requestId, timeoutMs };
  const reply = await callGateway(call, trace, deps, signal);
  if (!reply.ok) return err(reply.error);
  const answer = parseJson(reply.value, searchAnswerSchema);
  return answer.ok ? answer : invalidReply("no answer to a search");
}

/** Everything that shows an exchange: of this member's own all of it, of another's what an auditor may see. */
export async function proveExchange(
  asked: ProofRequest,
  trace: TraceContext,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<Bundle, CallError>> {
  const requestId = deps.entropy.uuid();
  const call = { path: "/v1/audit/proofs", body: asked, requestId, timeoutMs };
  const reply = await callGateway(call, trace, deps, signal);
  if (!reply.ok) return err(reply.error);
  const bundle = parseJson(reply.value, bundleSchema);
  return bundle.ok ? bundle : invalidReply("no bundle");
}
