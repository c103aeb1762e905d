import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { type Dispatcher, errors } from "undici";
import type { GetFromGateway } from "./http-origin.ts";

const timeoutMs = 10_000;

/** GETs of one gateway through a pool that the caller keeps. */
export function getThrough(dispatcher: Dispatcher, origin: string): GetFromGateway {
  return async (path, headers) => {
    try {
      const reply = await dispatcher.request({
        method: "GET",
        origin,
        path,
        headers,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { etag } = reply.headers;
      const body = await reply.body.text();
      return ok({ status: reply.statusCode, body, ...(typeof etag === "string" && { etag }) });
    } catch (error) {
      return err(gatewayFault(error));
    }
  };
}

/** What came between this node and a gateway. */
export function gatewayFault(error: unknown): Fault {
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return fault("gateway.response-invalid", "larger than this node accepts");
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
