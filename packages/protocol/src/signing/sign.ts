import type { NodeId } from "../identity/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Component, componentList, signatureBase } from "./base.ts";
import { contentDigest } from "./digest.ts";
import { fieldReader, type RequestHead, type ResponseHead } from "./message.ts";
import {
  lifetimeSeconds,
  noncePattern,
  profileLabel,
  profileTag,
  requestComponents,
  responseComponents,
} from "./profile.ts";

/** When and with what a message is signed; time and randomness come from the caller. */
export interface Sealing {
  readonly signer: Signer;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Fresh for every attempt: base64url, at least 128 bits. */
  readonly nonce: string;
  /** Seconds. */
  readonly lifetime?: number;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly targetUri: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly requestId: string;
  readonly from: NodeId;
  readonly to: NodeId;
}

/** What a verifier would refuse is not signed in the first place: a bad nonce or lifetime is a bug of the caller. */
function signatureParameters(components: readonly Component[], sealing: Sealing): string {
  const { lifetime = lifetimeSeconds.default } = sealing;
  if (!noncePattern.test(sealing.nonce))
    throw new Error("cannot sign: the nonce is not 22 to 64 base64url characters");
  if (!(lifetime >= 1 && lifetime <= lifetimeSeconds.max))
    throw new Error(`cannot sign: a lifetime of ${lifetime} s`);
  const created = Math.floor(sealing.now / 1000);
  const expires = created + lifetime;
  return `${componentList(components)};created=${created};expires=${expires};nonce="${sealing.nonce}";keyid="${sealing.signer.keyId}";tag="${profileTag}"`;
}

async function signatureFields(
  components: readonly Component[],
  message: RequestHead | ResponseHead,
  sealing: Sealing,
): Promise<{ "signature-input": string; signature: string }> {
  const parameters = signatureParameters(components, sealing);
  const result = signatureBase(components, parameters, message);
  if ("absent" in result) throw new Error(`cannot sign: ${result.absent} is absent or not printable ASCII`);
  const pending = sealing.signer.sign(Buffer.from(result.base));
  const signature = pending instanceof Uint8Array ? pending : await pending;
  return {
    "signature-input": `${profileLabel}=${parameters}`,
    signature: `${profileLabel}=:${Buffer.from(signature).toString("base64")}:`,
  };
}

/** Every header of a signed request (PR-EXCHANGE §3.1). */
export async function signRequest(
  request: OutgoingRequest,
  sealing: Sealing,
): Promise<Record<string, string>> {
  const headers = {
    "content-type": request.contentType,
    "content-digest": contentDigest(request.body),
    "x-request-id": request.requestId,
    "xinqiao-from": request.from,
    "xinqiao-to": request.to,
  };
  const head = { method: request.method, targetUri: request.targetUri, field: fieldReader(headers) };
  return { ...headers, ...(await signatureFields(requestComponents, head, sealing)) };
}

export interface OutgoingResponse {
  readonly status: number;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** The request as it was received and verified. */
  readonly request: RequestHead;
}

/** Every header of a signed response, bound to its request (PR-EXCHANGE §3.4). */
export async function signResponse(
  response: OutgoingResponse,
  sealing: Sealing,
): Promise<Record<string, string>> {
  const headers = {
    "content-type": response.contentType,
    "content-digest": contentDigest(response.body),
  };
  const head = { status: response.status, field: fieldReader(headers), request: response.request };
  return { ...headers, ...(await signatureFields(responseComponents, head, sealing)) };
}
