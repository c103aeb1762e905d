import { CompactSign, compactVerify, importJWK } from "jose";
import { describe, expect, it } from "vitest";
import {
  generatePrivateJwk,
  importSigner,
  importVerifier,
  type PrivateJwk,
  publicOf,
} from "../keys/index.ts";
import { algorithmFits, readCompact, signCompact } from "./index.ts";

const typ = "xinqiao-test+jws";
const payload = Buffer.from('{"说":"是"}');

function keysOf(jwk: PrivateJwk) {
  const [signer, verifier] = [importSigner(jwk), importVerifier(publicOf(jwk))];
  if (!signer.ok || !verifier.ok) throw new Error("a generated key is usable");
  return { jwk, signer: signer.value, verifier: verifier.value };
}

const suites = {
  ed25519: keysOf(generatePrivateJwk("ed25519")),
  es256: keysOf(generatePrivateJwk("es256")),
  sm2: keysOf(generatePrivateJwk("sm2")),
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWS with any header at all, really signed. */
async function signedWith(
  header: unknown,
  { signer }: ReturnType<typeof keysOf> = suites.ed25519,
): Promise<string> {
  const input = `${encode(header)}.${payload.toString("base64url")}`;
  const signature = await signer.sign(Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}

describe.each(["ed25519", "es256"] as const)("a compact JWS in %s", (name) => {
  const { jwk, signer, verifier } = suites[name];

  it("of ours is verified by jose", async () => {
    const text = await signCompact(payload, typ, signer);
    const { payload: read, protectedHeader } = await compactVerify(
      text,
      await importJWK(publicOf(jwk), signer.suite.joseAlgorithm),
    );
    expect(Buffer.from(read).equals(payload)).toBe(true);
    expect(protectedHeader).toEqual({ alg: signer.suite.joseAlgorithm, kid: signer.keyId, typ });
  });

  it("of jose's is accepted by us", async () => {
    const header = { alg: signer.suite.joseAlgorithm, kid: signer.keyId, typ };
    const text = await new CompactSign(payload)
      .setProtectedHeader(header)
      .sign(await importJWK(jwk, header.alg));
    const jws = readCompact(text, typ);
    if (jws === undefined) throw new Error("jose's JWS was not read");
    expect(Buffer.from(jws.payload).equals(payload)).toBe(true);
    expect(jws.keyId).toBe(signer.keyId);
    expect(algorithmFits(jws, verifier.suite)).toBe(true);
    expect(verifier.verify(jws.signingInput, jws.signature)).toBe(true);
  });
});

describe("a compact JWS in sm2", () => {
  const { signer, verifier } = suites.sm2;

  it("says SM2SM3, a name of ours: JOSE has none, and jose takes it for no algorithm", async () => {
    const text = await signCompact(payload, typ, signer);
    const jws = readCompact(text, typ);
    if (jws === undefined) throw new Error("our JWS was not read");
    expect(jws).toMatchObject({ algorithm: "SM2SM3", keyId: signer.keyId });
    expect(algorithmFits(jws, verifier.suite)).toBe(true);
    expect(verifier.verify(jws.signingInput, jws.signature)).toBe(true);
    await expect(compactVerify(text, new Uint8Array(32))).rejects.toThrow();
  });

  it("is refused under another key's algorithm, and with a payload that was changed", async () => {
    const { keyId: kid } = signer;
    const other = readCompact(await signedWith({ alg: "ES256", kid, typ }, suites.sm2), typ);
    expect(other && algorithmFits(other, verifier.suite)).toBe(false);
    const [header, , signature] = (await signCompact(payload, typ, signer)).split(".");
    const changed = readCompact(`${header}.${encode({ 说: "否" })}.${signature}`, typ);
    expect(changed && verifier.verify(changed.signingInput, changed.signature)).toBe(false);
  });
});

describe("readCompact", () => {
  const { signer } = suites.ed25519;
  const header = { alg: "EdDSA", kid: signer.keyId, typ };

  it.each([
    ["a crit header", { ...header, crit: ["exp"], exp: 1 }],
    ["a key in the header", { ...header, jwk: publicOf(suites.ed25519.jwk) }],
    ["a key address in the header", { ...header, jku: "https://example.com/keys" }],
    ["a certificate in the header", { ...header, x5c: ["MIIB"] }],
    ["an unencoded payload", { ...header, b64: false }],
    ["another type", { ...header, typ: "JWT" }],
    ["no type", { alg: "EdDSA", kid: signer.keyId }],
    ["no key id", { alg: "EdDSA", typ }],
    ["no algorithm", { kid: signer.keyId, typ }],
    ["a header that is no object", [header]],
    ["a header that is null", null],
  ])("refuses %s, though the signature is right", async (_, other) => {
    expect(readCompact(await signedWith(other), typ)).toBeUndefined();
  });

  it.each<[string, (text: string) => string]>([
    ["padding", (text) => `${text}=`],
    ["white space", (text) => `${text} `],
    ["a line break", (text) => text.replace(".", ".\n")],
    ["base64 in place of base64url", (text) => text.replace(/.$/, "+")],
    [
      "stray bits after the signature",
      (text) => text.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
    ],
    ["a fourth part", (text) => `${text}.e30`],
    ["five parts, as a JWE has", (text) => `${text}.e30.e30`],
    ["two parts", (text) => text.slice(0, text.lastIndexOf("."))],
    ["no signature", (text) => text.slice(0, text.lastIndexOf(".") + 1)],
    ["no payload", (text) => text.replace(/\.[^.]*\./, "..")],
    ["no header", (text) => text.slice(text.indexOf("."))],
    ["nothing", () => ""],
    [
      "the JSON serialisation",
      (text) => JSON.stringify({ protected: text.split(".")[0], payload: "", signature: "" }),
    ],
  ])("refuses %s", async (_, spoil) => {
    const text = await signCompact(payload, typ, signer);
    expect(readCompact(text, typ)).toBeDefined();
    expect(readCompact(spoil(text), typ)).toBeUndefined();
  });
});

describe("algorithmFits", () => {
  it.each(["none", "None", "HS256", "ES256", "RS256", "EdDSA ", ""])(
    "does not let an Ed25519 key be used as %s",
    async (alg) => {
      const jws = readCompact(await signedWith({ alg, kid: suites.ed25519.signer.keyId, typ }), typ);
      if (jws === undefined) throw new Error("the form is right, only the algorithm is not");
      expect(algorithmFits(jws, suites.ed25519.verifier.suite)).toBe(false);
    },
  );
});
