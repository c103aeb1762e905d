import { createHash, timingSafeEqual } from "node:crypto";
import { parseDictionary } from "structured-headers";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";

/** `Content-Digest` of the bytes that travel (RFC 9530 §2), always with sha-256. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
}

/** RFC 9530 §5 names the algorithms in its own way; the second of each pair is node:crypto's. */
const algorithms = [
  ["sha-256", "sha256"],
  ["sha-512", "sha512"],
] as const;

/**
 * Checks the field against the body. A signature covers only the field, so this is never optional.
 * sha-256 must be there; sha-512 is checked when there; other algorithms are ignored (RFC 9530 §5).
 */
export function checkContentDigest(field: string | undefined, body: Uint8Array): Result<void, Fault> {
  if (field === undefined) return err(fault("digest.missing"));
  let digests: ReturnType<typeof parseDictionary>;
  try {
    digests = parseDictionary(field);
  } catch {
    return err(fault("digest.malformed"));
  }
  if (!digests.has("sha-256")) return err(fault("digest.malformed", "no sha-256 digest"));
  for (const [name, algorithm] of algorithms) {
    const member = digests.get(name);
    if (member === undefined) continue;
    const [value] = member;
    if (!(value instanceof ArrayBuffer)) return err(fault("digest.malformed"));
    const expected = createHash(algorithm).update(body).digest();
    const given = new Uint8Array(value);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return err(fault("digest.mismatch"));
    }
  }
  return ok(undefined);
}
