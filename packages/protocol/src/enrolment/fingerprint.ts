import { createHash } from "node:crypto";

const groups = 5;
const digitsInGroup = 4;

/**
 * What two people compare over the telephone: 20 decimal digits (66 bits) of SHA-256 over the request as it travels, so
 * that neither key nor address can have been exchanged on the way. Digits are read alike in every dialect.
 */
export function fingerprint(text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  const digits = (BigInt(`0x${hash}`) % 10n ** BigInt(groups * digitsInGroup))
    .toString()
    .padStart(groups * digitsInGroup, "0");
  return (digits.match(/\d{4}/g) ?? []).join("-");
}

/** However it was typed: with spaces, hyphens or in one piece. */
export function sameFingerprint(typed: string, expected: string): boolean {
  return typed.replace(/[\s-]/g, "") === expected.replaceAll("-", "");
}
