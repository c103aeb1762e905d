import { hash } from "node:crypto";

/**
 * RFC 9162 §2.1, written anew from its text and from nothing else of ours: whoever checks a log must not repeat the
 * mistake of whoever writes it. Hashes of one level stand in one buffer, 32 bytes each.
 */
export const hashBytes = 32;

const node = Buffer.alloc(1 + 2 * hashBytes, 1);

/** SHA-256 of some bytes, put where it belongs: a text of 32 characters crosses from OpenSSL faster than a buffer does. */
export function hashInto(bytes: Uint8Array, hashes: Buffer, place: number): void {
  hashes.write(hash("sha256", bytes, "binary"), place * hashBytes, hashBytes, "latin1");
}

/** One level up: a hash for every two, and none for one that has no neighbour yet. */
export function parents(hashes: Buffer): Buffer {
  const count = Math.floor(hashes.length / (2 * hashBytes));
  const above = Buffer.allocUnsafe(count * hashBytes);
  for (let place = 0; place < count; place += 1) {
    hashes.copy(node, 1, place * 2 * hashBytes, (place + 1) * 2 * hashBytes);
    hashInto(node, above, place);
  }
  return above;
}

/**
 * MTH of complete subtrees of one level, side by side, and of what stands behind them, which is smaller than any of
 * them. Undefined for nothing at all.
 */
export function rootOf(hashes: Buffer, behind?: Buffer): Buffer | undefined {
  let root = behind;
  for (let level = hashes; level.length > 0; level = parents(level)) {
    if ((level.length / hashBytes) % 2 === 0) continue;
    const last = level.subarray(level.length - hashBytes);
    root = root === undefined ? last : parents(Buffer.concat([last, root]));
  }
  return root;
}

export const emptyRoot: Buffer = hash("sha256", "", "buffer");
