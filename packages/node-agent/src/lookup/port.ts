import type { Fault, Problem } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";
import type { RequestHead, ResponseHead } from "@xinqiao/protocol/signing";

export interface GatewayReply {
  readonly head: Omit<ResponseHead, "request">;
  readonly body: Uint8Array;
}

/** Sends one signed request to the gateway. Fails with `gateway.unreachable` or `gateway.timeout`. */
export type SendToGateway = (
  request: RequestHead & {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  },
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<Result<GatewayReply, Fault>>;

/** A call that came to nothing: our own fault, or the gateway's problem handed through as it said it. */
export type CallError =
  | { readonly by: "agent"; readonly fault: Fault }
  | { readonly by: "gateway"; readonly problem: Problem; readonly verified: boolean };
