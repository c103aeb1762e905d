import { createHmac, timingSafeEqual } from "node:crypto";
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
  return createHmac("sha256", key).update(value, "utf8").digest("base64url");
}

export function opens(commitment: string, { key, value }: Pick<Opening, "key" | "value">): boolean {
  if (key.length !== commitmentKeyBytes) return false;
  const expected = Buffer.from(commit(key, value));
  const given = Buffer.from(commitment);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
