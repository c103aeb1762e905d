import { describe, expect, it } from "vitest";
import {
  decryptionJwkSchema,
  encryptionJwkOf,
  encryptionJwkSchema,
  generateDecryptionJwk,
  importDecryptionKey,
  importEncryptionKey,
} from "./index.ts";

const zero = "A".repeat(43);
const one = `AQ${"A".repeat(41)}`;

describe("an encryption key", () => {
  it("goes by one thumbprint on both sides, and gives away no private part", () => {
    const jwk = generateDecryptionJwk();
    const [own, theirs] = [importDecryptionKey(jwk), importEncryptionKey(encryptionJwkOf(jwk))];
    expect(own).toMatchObject({ ok: true, value: { keyId: theirs.ok && theirs.value.keyId } });
    expect(encryptionJwkOf(jwk)).not.toHaveProperty("d");
  });

  it.each([
    ["a point off the curve", { x: one, y: one }],
    ["the point at nothing", { x: zero, y: zero }],
  ])("is refused when it is %s", (_, point) => {
    const jwk = encryptionJwkSchema.parse({ kty: "EC", crv: "P-256", ...point });
    expect(importEncryptionKey(jwk)).toMatchObject({ ok: false });
  });

  it("is refused when its parts do not belong together, and shows none of them", () => {
    const jwk = generateDecryptionJwk();
    const mixed = importDecryptionKey({ ...jwk, d: generateDecryptionJwk().d });
    if (mixed.ok) throw new Error("the key was accepted");
    expect(mixed.error).not.toContain(jwk.d);
  });

  it.each([
    ["Ed25519", { kty: "OKP", crv: "Ed25519", x: one, d: one }],
    ["X25519", { kty: "OKP", crv: "X25519", x: one, d: one }],
    ["another curve", { kty: "EC", crv: "P-384", x: one, y: one, d: one }],
  ])("is not %s", (_, jwk) => {
    expect(decryptionJwkSchema.safeParse(jwk).success).toBe(false);
  });
});
