import { leafHash, maxLeafBytes } from "../log/index.ts";
import { err, ok, type Result } from "../result/index.ts";

const lengthBytes = 2;
const hashBytes = 32;

export interface BundleFault {
  readonly reason: "leaf-too-long" | "truncated" | "width";
  /** Which of the bundle's leaves, from 0. */
  readonly place: number;
}

/** An entry bundle: each leaf behind its length. One leaf that is too long leaves the log without that bundle. */
export function encodeBundle(leaves: readonly Uint8Array[]): Result<Buffer, BundleFault> {
  const place = leaves.findIndex((leaf) => leaf.length > maxLeafBytes);
  if (place >= 0) return err({ reason: "leaf-too-long", place });
  return ok(Buffer.concat(leaves.flatMap((leaf) => [lengthOf(leaf), leaf])));
}

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  bytes.writeUInt16BE(length);
  return bytes;
}

/** Reads a bundle of `width` leaves, no more and no fewer. */
export function parseBundle(bytes: Uint8Array, width: number): Result<readonly Buffer[], BundleFault> {
  const bundle = Buffer.from(bytes);
  const leaves: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    if (at + lengthBytes > bundle.length) return err({ reason: "truncated", place: leaves.length });
    const end = at + lengthBytes + bundle.readUInt16BE(at);
    if (end > bundle.length) return err({ reason: "truncated", place: leaves.length });
    leaves.push(bundle.subarray(at + lengthBytes, end));
    at = end;
  }
  return leaves.length === width ? ok(leaves) : err({ reason: "width", place: leaves.length });
}

/** Whether leaves are the ones that the hash tile beside them (level 0, same index) stands for. */
export function matchesHashes(leaves: readonly Uint8Array[], tile: Uint8Array): boolean {
  return (
    tile.length >= leaves.length * hashBytes &&
    leaves.every((leaf, place) =>
      leafHash(leaf).equals(tile.subarray(place * hashBytes, (place + 1) * hashBytes)),
    )
  );
}
