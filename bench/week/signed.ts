import { createHash, type JsonWebKey } from "node:crypto";
import {
  createSignature,
  type RequestDescriptor,
  type Signer,
  type Verifier,
  verifySignature,
} from "http-message-sig";

const components = ["@method", "@target-uri", "content-digest", "content-type"];

const digestOf = (body: string) => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

const describe = (targetUri: string, headers: Record<string, string>): RequestDescriptor => ({
  kind: "request",
  method: "POST",
  targetUri,
  fields: Object.entries(headers).map(([name, value]) => ({ name, value })),
});

/** Headers of a request signed with the library. */
export async function signedHeaders(
  targetUri: string,
  body: string,
  signer: Signer,
): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json", "content-digest": digestOf(body) };
  const created = Math.floor(Date.now() / 1000);
  const made = await createSignature(describe(targetUri, headers), {
    label: "week",
    components,
    parameters: { created, keyid: "week" },
    signer,
  });
  return { ...headers, "signature-input": made.signatureInput, signature: made.signature };
}

/** Throws unless the message verifies. Answers are signed as messages to the asker's own address. */
export async function check(
  targetUri: string,
  body: string,
  headers: Record<string, string>,
  verifier: Verifier,
): Promise<void> {
  if (headers["content-digest"] !== digestOf(body)) throw new Error("digest");
  await verifySignature(describe(targetUri, headers), {
    policy: {
      algorithms: ["ed25519"],
      requiredComponents: components,
      requiredParameters: ["created"],
      maxAge: 60,
      clockSkew: 5,
    },
    resolveVerifier: () => verifier,
  });
}

export async function importKeys(pair: { privateJwk: JsonWebKey; publicJwk: JsonWebKey }) {
  const algorithm = { name: "Ed25519" };
  const { webcrypto } = await import("http-message-sig");
  return {
    signer: webcrypto.signer(
      await crypto.subtle.importKey("jwk", pair.privateJwk, algorithm, false, ["sign"]),
    ),
    verifier: webcrypto.verifier(
      await crypto.subtle.importKey("jwk", pair.publicJwk, algorithm, false, ["verify"]),
    ),
  };
}
