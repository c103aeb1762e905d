import { sm2 as curve } from "sm-crypto-v2";
import { type PrivateJwk, type PublicJwk, publicOf, thumbprint } from "./jwk.ts";
import type { Signer, Verifier } from "./signer.ts";
import type { Suite } from "./suite.ts";

/**
 * SM2 with SM3 (GB/T 32918.2, GB/T 32905) on the curve of GB/T 32918.5. The signature is raw r‖s, 64 bytes, never DER.
 * RFC 9421 has no name for it and JOSE none either: `SM2SM3` is ours (docs/decisions/0010). Never by node:crypto,
 * whose OpenSSL signs with an empty user id today and another one tomorrow.
 */
export const sm2: Suite = { name: "sm2", joseAlgorithm: "SM2SM3" };

export type Sm2Private = Extract<PrivateJwk, { crv: "SM2" }>;
export type Sm2Public = Extract<PublicJwk, { crv: "SM2" }>;

/** The user id that is hashed with the key (GB/T 32918.2 §5.5): one for all, as GM/T 0009 §10 says. */
const userId = "1234567812345678";

/** Order of the curve (GB/T 32918.5). */
const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/** Points kept of each public key: at 4 verifying is five times as fast, for 6 ms and a quarter of a MiB a key. */
const windowSize = 4;

export function sm2Signer(jwk: Sm2Private): Signer {
  const privateKey = hexOf(jwk.d);
  const publicKey = coordinates(jwk);
  // At n − 1 there is nothing to sign with: 1 + d has no inverse (GB/T 32918.1 §6.1).
  if (integerOf(privateKey) >= order - 1n) throw new Error("private key is out of range");
  if (curve.getPublicKeyFromPrivateKey(privateKey) !== `04${publicKey}`) {
    throw new Error("private and public part of the key do not match");
  }
  return {
    keyId: thumbprint(publicOf(jwk)),
    suite: sm2,
    sign: (message) => Buffer.from(curve.doSignature(digest(message, publicKey), privateKey), "hex"),
  };
}

export function sm2Verifier(jwk: Sm2Public): Verifier {
  const publicKey = coordinates(jwk);
  // Refuses points off the curve, and the one at infinity has no coordinates.
  const point = curve.precomputePublicKey(`04${publicKey}`, windowSize);
  return {
    keyId: thumbprint(jwk),
    suite: sm2,
    verify(message, signature) {
      const hex = Buffer.from(signature).toString("hex");
      return (
        signature.length === 64 &&
        isScalar(hex.slice(0, 64)) &&
        isScalar(hex.slice(64)) &&
        curve.doVerifySignature(digest(message, publicKey), hex, point)
      );
    },
  };
}

/** Makes a key from the operating system's randomness. */
export function generateSm2(): Sm2Private {
  const { privateKey, publicKey } = curve.generateKeyPairHex();
  const [x, y] = [publicKey.slice(2, 66), publicKey.slice(66)].map(base64urlOf);
  return { kty: "EC", crv: "SM2", x: x ?? "", y: y ?? "", d: base64urlOf(privateKey) };
}

/** e = SM3(Z ‖ M), where Z binds user id, curve and key (GB/T 32918.2 §6.1). */
function digest(message: Uint8Array, publicKey: string): Uint8Array {
  return Buffer.from(curve.getHash(message, publicKey, userId), "hex");
}

/** GB/T 32918.2 §7.1: r and s are in 1 … n−1. The library takes any number. */
function isScalar(hex: string): boolean {
  const value = integerOf(hex);
  return value > 0n && value < order;
}

/** x ‖ y in hexadecimal. */
function coordinates({ x, y }: Sm2Public): string {
  return hexOf(x) + hexOf(y);
}

function integerOf(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

function hexOf(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("hex");
}

function base64urlOf(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64url");
}
