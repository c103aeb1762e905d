import { describe, expect, it } from "vitest";
import { readSm2Vectors } from "../testing/index.ts";
import {
  importLater,
  importSigner,
  importVerifier,
  privateJwkSchema,
  publicJwkSchema,
  publicOf,
} from "./index.ts";

const { key, valid, invalid, invalidKeys, invalidPrivateKeys } = readSm2Vectors();
const [signer, verifier] = [importSigner(key), importVerifier(publicOf(key))];
if (!signer.ok || !verifier.ok) throw new Error("the vectors' key is usable");
const later = importLater(publicOf(key));
const bytes = (text: string, encoding: "utf8" | "hex") => Buffer.from(text, encoding);

describe("SM2 with SM3", () => {
  it.each(valid)("verifies $name", ({ message, signature }) => {
    for (const each of [verifier.value, later]) {
      expect(each.verify(bytes(message, "utf8"), bytes(signature, "hex"))).toBe(true);
    }
  });

  it.each(invalid)("refuses a signature where $name", ({ message, signature }) => {
    for (const each of [verifier.value, later]) {
      expect(each.verify(bytes(message, "utf8"), bytes(signature, "hex"))).toBe(false);
    }
  });

  it.each(invalidKeys)("refuses a public key that is $name", ({ jwk }) => {
    const parsed = publicJwkSchema.parse(jwk);
    expect(importVerifier(parsed)).toMatchObject({ ok: false });
    expect(importLater(parsed).verify(bytes("", "utf8"), Buffer.alloc(64, 1))).toBe(false);
  });

  it.each(invalidPrivateKeys)("refuses a private key where $name", ({ jwk }) => {
    expect(importSigner(privateJwkSchema.parse(jwk))).toMatchObject({ ok: false });
  });

  it("signs the same message differently each time: k is drawn anew", async () => {
    const message = bytes("message digest", "utf8");
    const signatures = [await signer.value.sign(message), await signer.value.sign(message)];
    expect(new Set(signatures.map((each) => Buffer.from(each).toString("hex"))).size).toBe(2);
  });
});
