import { err, ok } from "@xinqiao/protocol/result";
import { fieldReader } from "@xinqiao/protocol/signing";
import { type GetFromGateway, gatewayFault, getThrough } from "@xinqiao/runtime/published";
import { Pool } from "undici";
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
        return err(gatewayFault(error));
      }
    },
    get: getThrough(pool, options.origin),
    close: () => pool.close(),
  };
}
