import { createECDH, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { type PrivateJwk, type PublicJwk, publicOf, thumbprint } from "./jwk.ts";
import type { Signer, Verifier } from "./signer.ts";
import type { Suite } from "./suite.ts";

/** ECDSA on P-256 with SHA-256. The signature is raw r‖s, 64 bytes (RFC 9421 §3.3.4, RFC 7518 §3.4), never DER. */
export const es256: Suite = { name: "es256", httpAlgorithm: "ecdsa-p256-sha256", joseAlgorithm: "ES256" };

type EcPrivate = Extract<PrivateJwk, { crv: "P-256" }>;
type EcPublic = Extract<PublicJwk, { crv: "P-256" }>;

const signatureBytes = 64;

export function es256Signer(jwk: EcPrivate): Signer {
  if (!publicPoint(jwk.d).equals(uncompressed(jwk))) {
    throw new Error("private and public part of the key do not match");
  }
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    keyId: thumbprint(publicOf(jwk)),
    suite: es256,
    sign: (message) => sign("sha256", message, { key, dsaEncoding: "ieee-p1363" }),
  };
}

/** node:crypto takes the three coordinates of a private JWK without comparing them. */
function publicPoint(d: string): Buffer {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(Buffer.from(d, "base64url"));
  return ecdh.getPublicKey();
}

/** SEC 1 §2.3.3: 04 ‖ x ‖ y. */
function uncompressed({ x, y }: EcPrivate): Buffer {
  return Buffer.concat([Uint8Array.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
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
