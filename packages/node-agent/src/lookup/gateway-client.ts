import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { fieldReader } from "@xinqiao/protocol/signing";
import { errors, Pool } from "undici";
import type { GetFromGateway } from "../published/index.ts";
import type { SendToGateway } from "./port.ts";

export interface GatewayClientOptions {
  readonly origin: string;
  readonly connections: number;
  readonly maxReplyBytes: number;
  /** PEM of a private CA, in addition to nothing: when given it is the only anchor. */
  readonly ca?: string;
}

export interface GatewayClient {
  readonly send: SendToGateway;
  readonly get: GetFromGateway;
  close(): Promise<void>;
}

const getTimeoutMs = 10_000;

/** One pool of kept connections to the gateway. */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const pool = new Pool(options.origin, {
    connections: options.connections,
    maxResponseSize: options.maxReplyBytes,
    connect: { timeout: 3_000, ...(options.ca !== undefined && { ca: options.ca }) },
  });
  return {
    async send(request, timeoutMs, signal) {
      try {
        const reply = await pool.request({
          method: "POST",
          path: request.path,
          headers: request.headers,
          body: request.body,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        const body = Buffer.from(await reply.body.arrayBuffer());
        return ok({ head: { status: reply.statusCode, field: fieldReader(reply.headers) }, body });
      } catch (error) {
        return err(faultOf(error));
      }
    },
    async get(path, headers) {
      try {
        const reply = await pool.request({
          method: "GET",
          path,
          headers,
          headersTimeout: getTimeoutMs,
          bodyTimeout: getTimeoutMs,
          signal: AbortSignal.timeout(getTimeoutMs),
        });
        const { etag } = reply.headers;
        const body = await reply.body.text();
        return ok({ status: reply.statusCode, body, ...(typeof etag === "string" && { etag }) });
      } catch (error) {
        return err(faultOf(error));
      }
    },
    close: () => pool.close(),
  };
}

function faultOf(error: unknown): Fault {
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return fault("gateway.response-invalid", "larger than this agent accepts");
  }
  return fault(isTimeout(error) ? "gateway.timeout" : "gateway.unreachable");
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    (error instanceof Error && error.name === "TimeoutError")
  );
}
