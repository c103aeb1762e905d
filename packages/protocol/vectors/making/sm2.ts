import { createHash } from "node:crypto";
import { candidates, inverse, toBytes, toInteger } from "./rfc6979.ts";

/** The curve of GB/T 32918.5. */
const p = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const a = p - 3n;
const b = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
export const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const base: Point = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

/** The user id of the profile. */
export const userId = "1234567812345678";

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const reduced = (value: bigint, modulus: bigint) => ((value % modulus) + modulus) % modulus;
const sm3 = (...parts: readonly Uint8Array[]) => createHash("sm3").update(Buffer.concat(parts)).digest();

/** Nothing is the point at infinity. */
function sum(one: Point | undefined, other: Point | undefined): Point | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.x === other.x && reduced(one.y + other.y, p) === 0n) return undefined;
  const slope =
    one.x === other.x
      ? (3n * one.x * one.x + a) * inverse(2n * one.y, p)
      : (other.y - one.y) * inverse(reduced(other.x - one.x, p), p);
  const x = reduced(slope * slope - one.x - other.x, p);
  return { x, y: reduced(slope * (one.x - x) - one.y, p) };
}

/** dG: the public key of `d`. */
export function publicPoint(d: bigint): Point {
  let [result, point]: [Point | undefined, Point | undefined] = [undefined, base];
  for (let rest = d; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = sum(result, point);
    point = sum(point, point);
  }
  if (result === undefined) throw new Error("a multiple of the order has no point");
  return result;
}

/** Z: user id, curve and key (GB/T 32918.2 §5.5). */
export function identity({ x, y }: Point, id: string): Uint8Array {
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(id.length * 8);
  return sm3(bits, Buffer.from(id), ...[a, b, base.x, base.y, x, y].map(toBytes));
}

/** e: what is signed for a message (GB/T 32918.2 §6.1). */
export function digest(message: Uint8Array, point: Point, id: string = userId): Uint8Array {
  return sm3(identity(point, id), message);
}

/**
 * SM2 with SM3 out of the standard's formulas, with k as RFC 6979 draws it, so that a vector is the same whenever it is
 * made. Shares nothing with the code under test. Not constant-time: for published test keys only.
 */
export function signSm2(message: Uint8Array, d: bigint, id: string = userId): Uint8Array {
  const e = digest(message, publicPoint(d), id);
  for (const k of candidates(d, e, order)) {
    const signature = signWith(k, e, d);
    if (signature !== undefined) return signature;
  }
  throw new Error("unreachable: the candidates never end");
}

/** r ‖ s for one k, or nothing when another is needed (GB/T 32918.2 §6.1). */
export function signWith(k: bigint, e: Uint8Array, d: bigint): Uint8Array | undefined {
  const r = reduced(toInteger(e) + publicPoint(k).x, order);
  const s = reduced(inverse(1n + d, order) * (k - r * d), order);
  if (r === 0n || r + k === order || s === 0n) return undefined;
  return Buffer.concat([toBytes(r), toBytes(s)]);
}
