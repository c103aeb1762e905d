import { hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** HMAC-SHA256, base64url. */
export const commitmentSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "32 bytes, base64url");

/** A committed field: `subject`, `answer.440306`. */
export const fieldNameSchema = z.string().regex(/^[a-z][A-Za-z0-9]*(?:[.-][A-Za-z0-9]+)*$/);

export const commitmentKeyBytes = 32;

/** What opens a commitment. Kept beside the log and never in it; erasing it erases the value for good. */
export interface Opening {
  readonly field: string;
  /** Random, 32 bytes, used for this one value. */
  readonly key: Uint8Array;
  readonly value: string;
}

/**
 * Commits to a value without showing it. The key is what makes it hide: an identity number hashed
 * without a secret is found again in minutes by trying them all.
 */
export function commit(key: Uint8Array, value: string): string {
  // HMAC pads short keys with zeros, so two lengths could open one commitment to two keys (RFC 2104 §3).
  if (key.length !== commitmentKeyBytes) throw new Error("a commitment key is 32 bytes");
  return hmacSha256(key, Buffer.from(value, "utf8"));
}

/** SHA-256 works on blocks of 64 bytes. */
const blockBytes = 64;

/**
 * RFC 2104 for a key shorter than a block, base64url. Written out because `createHmac` makes a key object
 * for every call, which costs several times the two hashes, and each key here is used once.
 */
function hmacSha256(key: Uint8Array, message: Uint8Array): string {
  const inner = Buffer.alloc(blockBytes + message.length, 0x36);
  const outer = Buffer.alloc(blockBytes + 32, 0x5c);
  for (const [place, byte] of key.entries()) {
    inner[place] = byte ^ 0x36;
    outer[place] = byte ^ 0x5c;
  }
  inner.set(message, blockBytes);
  outer.set(hash("sha256", inner, "buffer"), blockBytes);
  return hash("sha256", outer, "base64url");
}

export function opens(commitment: string, { key, value }: Pick<Opening, "key" | "value">): boolean {
  if (key.length !== commitmentKeyBytes) return false;
  const expected = Buffer.from(commit(key, value));
  const given = Buffer.from(commitment);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
