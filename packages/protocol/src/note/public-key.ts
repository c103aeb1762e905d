import { type PublicJwk, publicJwkSchema, type SuiteName } from "../keys/index.ts";

/** SEC 1 §2.3.3: a point with both its coordinates. */
const uncompressed = 0x04;

/** The public key as key ids and verifier keys have it: RFC 8032's 32 bytes, or a point of 65. */
export function publicKeyBytes(jwk: PublicJwk): Buffer {
  const x = Buffer.from(jwk.x, "base64url");
  if (jwk.kty === "OKP") return x;
  return Buffer.concat([Buffer.of(uncompressed), x, Buffer.from(jwk.y, "base64url")]);
}

/** Reads it back. Whether the point is on its curve is for whoever imports the key. */
export function publicKeyOf(suite: SuiteName, bytes: Uint8Array): PublicJwk | undefined {
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString("base64url");
  if (suite === "ed25519") {
    return bytes.length === 32
      ? publicJwkSchema.parse({ kty: "OKP", crv: "Ed25519", x: text(0, 32) })
      : undefined;
  }
  if (bytes.length !== 65 || bytes[0] !== uncompressed) return undefined;
  const crv = suite === "es256" ? "P-256" : "SM2";
  return publicJwkSchema.parse({ kty: "EC", crv, x: text(1, 33), y: text(33, 65) });
}
