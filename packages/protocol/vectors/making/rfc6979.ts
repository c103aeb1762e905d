import { createECDH, createHash, createHmac } from "node:crypto";

/** Order of P-256 (SEC 2 §2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export const toBytes = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
export const toInteger = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]) =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();

export function inverse(value: bigint, n: bigint): bigint {
  let [result, base, exponent] = [1n, value % n, n - 2n];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % n;
    base = (base * base) % n;
  }
  return result;
}

/** Every candidate for k of a curve of 256 bits, in order (RFC 6979 §3.2). @param n its order */
export function* candidates(d: bigint, digest: Uint8Array, n: bigint): Generator<bigint> {
  const seed = Buffer.concat([toBytes(d), toBytes(toInteger(digest) % n)]);
  let v: Uint8Array = Buffer.alloc(32, 1);
  let k: Uint8Array = Buffer.alloc(32, 0);
  for (const step of [0, 1]) {
    k = hmac(k, v, Uint8Array.of(step), seed);
    v = hmac(k, v);
  }
  for (;;) {
    v = hmac(k, v);
    const candidate = toInteger(v);
    if (candidate > 0n && candidate < n) yield candidate;
    k = hmac(k, v, Uint8Array.of(0));
    v = hmac(k, v);
  }
}

/**
 * ECDSA on P-256 with SHA-256 and no randomness (RFC 6979), so that a vector is the same whenever it is
 * made. Raw r‖s. Not constant-time: for published test keys only.
 */
export function signDeterministically(message: Uint8Array, d: bigint): Uint8Array {
  const digest = createHash("sha256").update(message).digest();
  for (const k of candidates(d, digest, order)) {
    const point = createECDH("prime256v1");
    point.setPrivateKey(toBytes(k));
    const r = toInteger(point.getPublicKey().subarray(1, 33)) % order;
    const s = (inverse(k, order) * (toInteger(digest) + r * d)) % order;
    if (r !== 0n && s !== 0n) return Buffer.concat([toBytes(r), toBytes(s)]);
  }
  throw new Error("unreachable: the candidates never end");
}
