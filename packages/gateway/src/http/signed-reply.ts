import type { Signer } from "@xinqiao/protocol/keys";
import { type RequestHead, signResponse } from "@xinqiao/protocol/signing";
import type { Entropy } from "@xinqiao/runtime/entropy";

export interface ReplySigning {
  readonly signer: Signer;
  readonly entropy: Pick<Entropy, "nonce">;
  readonly now: () => number;
}

/** A response signed over its own bytes and everything its request signed (PR-EXCHANGE §3.4). */
export async function signedReply(
  reply: { readonly status: number; readonly text: string; readonly contentType: string },
  request: RequestHead,
  { signer, entropy, now }: ReplySigning,
): Promise<Response> {
  const body = Buffer.from(reply.text);
  const headers = await signResponse(
    { status: reply.status, body, contentType: reply.contentType, request },
    { signer, now: now(), nonce: entropy.nonce() },
  );
  return new Response(body, { status: reply.status, headers: { ...headers, ...retryAfter(reply.status) } });
}

/** RFC 9110 §10.2.3, unsigned: a hint, nothing to rely on. */
function retryAfter(status: number): { "retry-after"?: string } {
  return status === 429 || status === 503 ? { "retry-after": "1" } : {};
}
