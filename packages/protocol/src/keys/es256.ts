import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { type PrivateJwk, type PublicJwk, publicOf, thumbprint } from "./jwk.ts";
import type { Signer, Suite, Verifier } from "./signer.ts";

/** ECDSA on P-256 with SHA-256. The signature is raw r‖s, 64 bytes (RFC 9421 §3.3.4, RFC 7518 §3.4), never DER. */
export const es256: Suite = { name: "es256", httpAlgorithm: "ecdsa-p256-sha256", joseAlgorithm: "ES256" };

type EcPrivate = Extract<PrivateJwk, { kty: "EC" }>;
type EcPublic = Extract<PublicJwk, { kty: "EC" }>;

const signatureBytes = 64;

export function es256Signer(jwk: EcPrivate): Signer {
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    keyId: thumbprint(publicOf(jwk)),
    suite: es256,
    sign: (message) => sign("sha256", message, { key, dsaEncoding: "ieee-p1363" }),
  };
}

export function es256Verifier(jwk: EcPublic): Verifier {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return {
    keyId: thumbprint(jwk),
    suite: es256,
    verify: (message, signature) =>
      signature.length === signatureBytes &&
      verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature),
  };
}
