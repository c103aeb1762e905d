import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ed25519,
  es256,
  generatePrivateJwk,
  importLater,
  importSigner,
  importVerifier,
  type PrivateJwk,
  privateJwkSchema,
  publicJwkSchema,
  publicOf,
  sm2,
  suiteNames,
  thumbprint,
} from "./index.ts";

const suites = { ed25519, es256, sm2 } as const;
const names = suiteNames;

function signerOf(jwk: PrivateJwk) {
  const signer = importSigner(jwk);
  if (!signer.ok) throw new Error(signer.error);
  return signer.value;
}

function verifierOf(jwk: PrivateJwk) {
  const verifier = importVerifier(publicOf(jwk));
  if (!verifier.ok) throw new Error(verifier.error);
  return verifier.value;
}

describe("importLater", () => {
  it("verifies as a verifier does, and is known by the same name", () => {
    for (const suite of names) {
      const jwk = generatePrivateJwk(suite);
      const signer = importSigner(jwk);
      if (!signer.ok) throw new Error(signer.error);
      const later = importLater(publicOf(jwk));
      const signature = signer.value.sign(Buffer.from("message"));
      if (!(signature instanceof Uint8Array)) throw new Error("a local signer signs at once");
      expect(later.keyId).toBe(signer.value.keyId);
      expect(later.suite).toBe(signer.value.suite);
      expect(later.verify(Buffer.from("message"), signature)).toBe(true);
      expect(later.verify(Buffer.from("another"), signature)).toBe(false);
    }
  });

  it("verifies nothing with a point of small order, for which anybody can make signatures", () => {
    const identity = Buffer.alloc(32);
    identity[0] = 1;
    const later = importLater({ kty: "OKP", crv: "Ed25519", x: identity.toString("base64url") });
    const forged = Buffer.concat([identity, Buffer.alloc(32)]);
    expect(later.verify(Buffer.from("anything"), forged)).toBe(false);
  });
});

describe("thumbprint", () => {
  it("is RFC 8037 A.3's for its Ed25519 key", () => {
    const jwk = publicJwkSchema.parse({
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    expect(thumbprint(jwk)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it("hashes the required members in the order of their names and nothing else (RFC 7638 §3.3)", () => {
    const [x, y] = [
      "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
      "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
    ];
    const jwk = publicJwkSchema.parse({ y, kid: "any", use: "sig", x, kty: "EC", crv: "P-256" });
    // SHA-256 of {"crv":"P-256","kty":"EC","x":"…","y":"…"}, made with OpenSSL.
    expect(thumbprint(jwk)).toBe("ydQXMtvbsOsZyFir-Y7A8t7fKEM1gbKPvyFkdpu4fvI");
  });

  it("is made of an SM2 key as of any other on a curve, and the curve's name is in it", () => {
    const [x, y] = [
      "CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCA",
      "zOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM",
    ];
    const ofCurve = (crv: string) => thumbprint(publicJwkSchema.parse({ kty: "EC", crv, x, y }));
    // SHA-256 of {"crv":"SM2","kty":"EC","x":"…","y":"…"}, made with OpenSSL.
    expect(ofCurve("SM2")).toBe("lgVsnVqdKsFLJ2q4y2l6gACWaCOEQcWQb1t30j4Q6fU");
    expect(ofCurve("P-256")).not.toBe(ofCurve("SM2"));
  });
});

describe.each(names)("%s", (name) => {
  it("verifies what it signs, and no other message, signature or key", () => {
    const [jwk, other] = [generatePrivateJwk(name), generatePrivateJwk(name)];
    const [signer, verifier, stranger] = [signerOf(jwk), verifierOf(jwk), verifierOf(other)];
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(63), fc.integer({ min: 1, max: 255 }), (message, at, by) => {
        const signature = signer.sign(message);
        if (!(signature instanceof Uint8Array)) throw new Error("a key in this process signs at once");
        expect(verifier.verify(message, signature)).toBe(true);
        expect(verifier.verify(message, signature.with(at, (signature[at] ?? 0) ^ by))).toBe(false);
        expect(verifier.verify(Buffer.concat([message, Uint8Array.of(by)]), signature)).toBe(false);
        expect(stranger.verify(message, signature)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("signs 64 raw bytes, never DER", async () => {
    const signature = await signerOf(generatePrivateJwk(name)).sign(Buffer.from("x"));
    expect(signature).toHaveLength(64);
  });

  it("answers false to bytes that are no signature, and never throws", () => {
    const verifier = verifierOf(generatePrivateJwk(name));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => !verifier.verify(Buffer.from("x"), bytes)),
    );
    for (const fill of [0, 0xff])
      expect(verifier.verify(Buffer.from("x"), Buffer.alloc(64, fill))).toBe(false);
  });

  it("is known by the thumbprint of its public part on both sides", () => {
    const jwk = generatePrivateJwk(name);
    expect(signerOf(jwk)).toMatchObject({ keyId: thumbprint(publicOf(jwk)), suite: suites[name] });
    expect(verifierOf(jwk)).toMatchObject({ keyId: thumbprint(publicOf(jwk)), suite: suites[name] });
    expect(publicOf(jwk)).not.toHaveProperty("d");
  });

  it("refuses a private key whose parts do not belong together, and shows none of it", () => {
    const jwk = generatePrivateJwk(name);
    const mixed = importSigner(privateJwkSchema.parse({ ...jwk, d: generatePrivateJwk(name).d }));
    if (mixed.ok) throw new Error("the key was accepted");
    expect(mixed.error).toContain("not usable");
    expect(mixed.error).not.toContain(jwk.d);
  });
});

describe("importVerifier", () => {
  const zero = "A".repeat(43);
  const one = `AQ${"A".repeat(41)}`;

  it.each([
    ["a P-256 point off the curve", { kty: "EC", crv: "P-256", x: one, y: one }],
    ["the P-256 point at nothing", { kty: "EC", crv: "P-256", x: zero, y: zero }],
    ["an Ed25519 point off the curve", { kty: "OKP", crv: "Ed25519", x: `Ag${"A".repeat(41)}` }],
    ["the Ed25519 neutral element, for which anybody can sign", { kty: "OKP", crv: "Ed25519", x: one }],
    ["an Ed25519 point of order 4", { kty: "OKP", crv: "Ed25519", x: zero }],
  ])("refuses %s", (_, jwk) => {
    expect(importVerifier(publicJwkSchema.parse(jwk))).toMatchObject({ ok: false });
  });
});

describe("publicJwkSchema", () => {
  const jwk = publicOf(generatePrivateJwk());

  it.each([
    ["RSA", { kty: "RSA", n: "AQAB", e: "AQAB" }],
    ["a symmetric key", { kty: "oct", k: "AAAA" }],
    ["another curve", { ...jwk, crv: "X25519" }],
    ["a curve of another type of key", { ...jwk, crv: "SM2" }],
    ["another curve of points", { kty: "EC", crv: "P-384", x: jwk.x, y: jwk.x }],
    ["half a point", { kty: "EC", crv: "SM2", x: jwk.x }],
    ["31 bytes", { ...jwk, x: jwk.x.slice(0, 42) }],
    ["padding", { ...jwk, x: `${jwk.x}=` }],
    [
      "stray bits at the end, which would give one key a second name",
      { ...jwk, x: `${jwk.x.slice(0, 42)}B` },
    ],
  ])("refuses %s", (_, other) => {
    expect(publicJwkSchema.safeParse(other).success).toBe(false);
  });
});
