import { err, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { parseJson } from "@xinqiao/protocol/transport";
import type { z } from "zod";
import { type CallDependencies, callGateway, invalidReply } from "./call-gateway.ts";
import type { CallError } from "./port.ts";

export interface GatewayQuestion<Schema extends z.ZodType> {
  readonly path: string;
  readonly body: object;
  /** Of what the gateway answers. */
  readonly answer: Schema;
  /** How long an answer is waited for; a minute unless said. */
  readonly timeoutMs?: number;
}

/** Of one call: an export is searched again before the gateway signs, and an hour of a large log takes a while to read. */
const patienceMs = 60_000;

/** Asks the gateway about its log: it answers those who may ask, and logs that they did. */
export async function askGateway<Schema extends z.ZodType>(
  { path, body, answer, timeoutMs = patienceMs }: GatewayQuestion<Schema>,
  trace: TraceContext,
  deps: CallDependencies,
  signal: AbortSignal,
): Promise<Result<z.output<Schema>, CallError>> {
  const requestId = deps.entropy.uuid();
  const reply = await callGateway({ path, body, requestId, timeoutMs }, trace, deps, signal);
  if (!reply.ok) return err(reply.error);
  const parsed = parseJson(reply.value, answer);
  return parsed.ok ? parsed : invalidReply(parsed.error.code);
}
