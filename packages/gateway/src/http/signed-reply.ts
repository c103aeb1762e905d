import type { Signer } from "@xinqiao/protocol/keys";
import { asResult, type Fault } from "@xinqiao/protocol/problem";
import { ok, type Result } from "@xinqiao/protocol/result";
import { type RequestHead, signResponse } from "@xinqiao/protocol/signing";
import type { Entropy } from "@xinqiao/runtime/entropy";

export interface ReplySigning {
  readonly signer: Signer;
  readonly entropy: Pick<Entropy, "nonce">;
  readonly now: () => number;
}

/** A reply as it goes out, with its signature's fields. */
export interface SignedText {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A reply signed over its own bytes and everything its request signed (PR-EXCHANGE §3.4). Fails with `key.unavailable`. */
export async function signedReply(
  reply: { readonly status: number; readonly text: string; readonly contentType: string },
  request: RequestHead,
  { signer, entropy, now }: ReplySigning,
): Promise<Result<SignedText, Fault>> {
  const body = Buffer.from(reply.text);
  const signed = await asResult(() =>
    signResponse(
      { status: reply.status, body, contentType: reply.contentType, request },
      { signer, now: now(), nonce: entropy.nonce() },
    ),
  );
  if (!signed.ok) return signed;
  return ok({ status: reply.status, text: reply.text, headers: signed.value });
}

export function toResponse({ status, text, headers }: SignedText): Response {
  return new Response(text, { status, headers: { ...headers, ...retryAfter(status) } });
}

/** RFC 9110 §10.2.3, unsigned: a hint, nothing to rely on. */
function retryAfter(status: number): { "retry-after"?: string } {
  return status === 429 || status === 503 ? { "retry-after": "1" } : {};
}
