import { describe, expect, it } from "vitest";
import { encryptionJwkOf, encryptionJwkSchema, generateDecryptionJwk } from "../encryption/index.ts";
import { thumbprint } from "../keys/index.ts";
import { type EncryptionKey, encryptionKeyAt } from "./index.ts";

const listed = (notBefore: string, notAfter?: string): EncryptionKey => ({
  jwk: encryptionJwkOf(generateDecryptionJwk()),
  notBefore: `${notBefore}T00:00:00Z`,
  ...(notAfter !== undefined && { notAfter: `${notAfter}T00:00:00Z` }),
});
const retired = listed("2026-01-01", "2026-03-01");
const current = listed("2026-02-01");
const coming = listed("2026-06-01");
const at = (day: string, ...encryptionKeys: EncryptionKey[]) =>
  encryptionKeyAt({ encryptionKeys }, Date.parse(`${day}T00:00:00Z`))?.keyId;

describe("the key that is sealed to", () => {
  it.each([
    ["2026-01-01", "the only one, from its first instant on", retired],
    ["2026-02-01", "the one that began last", current],
    ["2026-03-01", "one that is not retired", current],
    ["2026-06-01", "a coming one when its day has come", coming],
  ])("on %s is %s", (day, _, key) => {
    expect(at(day, retired, current, coming)).toBe(thumbprint(key.jwk));
    expect(at(day, coming, current, retired), "whatever the order").toBe(thumbprint(key.jwk));
  });

  it("is none before the first begins, after the last has ended, and where none is listed", () => {
    expect(at("2025-12-31", retired)).toBeUndefined();
    expect(at("2026-03-01", retired)).toBeUndefined();
    expect(encryptionKeyAt({}, Date.parse("2026-03-01T00:00:00Z"))).toBeUndefined();
  });

  it("is none when it is not sound", () => {
    const zero = "A".repeat(43);
    const jwk = encryptionJwkSchema.parse({ kty: "EC", crv: "P-256", x: zero, y: zero });
    expect(at("2026-03-01", { ...current, jwk })).toBeUndefined();
  });
});
