import { createDecipheriv, createHash, createPublicKey, diffieHellman } from "node:crypto";
import fc from "fast-check";
import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type AgreementKey,
  type CompactJwe,
  decryptCompact,
  encryptCompact,
  encryptionJwkOf,
  encryptionJwkSchema,
  generateDecryptionJwk,
  importDecryptionKey,
  importEncryptionKey,
  readEncrypted,
} from "./index.ts";

const typ = "test+jwe";
const parties = { from: "dg", to: "sz-baoan" };
const plaintext = Buffer.from("示例记录");

/** Both halves of a new key. */
function newKey(): { readonly own: AgreementKey; readonly theirs: AgreementKey } {
  const jwk = generateDecryptionJwk();
  const [own, theirs] = [importDecryptionKey(jwk), importEncryptionKey(encryptionJwkOf(jwk))];
  if (!own.ok || !theirs.ok) throw new Error("a key that was just made does not import");
  return { own: own.value, theirs: theirs.value };
}

function read(text: string): CompactJwe {
  const jwe = readEncrypted(text, typ);
  if (jwe === undefined) throw new Error("not read");
  return jwe;
}

const { own, theirs } = newKey();
const encrypted = await encryptCompact(plaintext, typ, parties, theirs);

describe("a text that is encrypted", () => {
  it("says for whom, from whom and how much, and decrypts with that key", async () => {
    const jwe = read(encrypted);
    expect(jwe).toMatchObject({ ...parties, keyId: own.keyId, length: plaintext.length });
    expect(await decryptCompact(jwe, own)).toEqual(new Uint8Array(plaintext));
  });

  it("decrypts with no other key", async () => {
    expect(await decryptCompact(read(encrypted), newKey().own)).toBeUndefined();
  });

  it("is another each time", async () => {
    const again = await encryptCompact(plaintext, typ, parties, theirs);
    const parts = [encrypted, again].map((text) => text.split("."));
    expect(parts[0]?.[0], "an ephemeral key").not.toBe(parts[1]?.[0]);
    expect(parts[0]?.[3], "a ciphertext").not.toBe(parts[1]?.[3]);
  });

  it("neither reads nor decrypts once a single character of it has changed", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    await fc.assert(
      fc.asyncProperty(fc.nat(encrypted.length - 1), fc.constantFrom(...alphabet), async (at, character) => {
        fc.pre(encrypted[at] !== character);
        const jwe = readEncrypted(`${encrypted.slice(0, at)}${character}${encrypted.slice(at + 1)}`, typ);
        expect(jwe && (await decryptCompact(jwe, own))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it("is plain RFC 7516 and 7518: decrypted here by hand", () => {
    const [header = "", wrapped, nonce = "", ciphertext = "", tag = ""] = encrypted.split(".");
    const bytes = (part: string) => Buffer.from(part, "base64url");
    const { epk, apu, apv } = z
      .object({ epk: encryptionJwkSchema, apu: z.string(), apv: z.string() })
      .parse(JSON.parse(bytes(header).toString()));
    const publicKey = createPublicKey({ key: epk, format: "jwk" });
    const secret = diffieHellman({ privateKey: own.key, publicKey });
    // Concat KDF, one round (RFC 7518 §4.6.2).
    const lengthed = (data: Buffer) => Buffer.concat([uint32(data.length), data]);
    const info = [lengthed(Buffer.from("A256GCM")), lengthed(bytes(apu)), lengthed(bytes(apv)), uint32(256)];
    const key = createHash("sha256")
      .update(Buffer.concat([uint32(1), secret, ...info]))
      .digest();
    const decipher = createDecipheriv("aes-256-gcm", key, bytes(nonce));
    decipher.setAAD(Buffer.from(header)).setAuthTag(bytes(tag));
    expect(wrapped).toBe("");
    expect(Buffer.concat([decipher.update(bytes(ciphertext)), decipher.final()])).toEqual(plaintext);
  });
});

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

describe("readEncrypted refuses", () => {
  const header = { alg: "ECDH-ES", enc: "A256GCM", typ, kid: theirs.keyId };
  const made = (change: object) =>
    new CompactEncrypt(plaintext)
      .setProtectedHeader({ ...header, ...change })
      .setKeyManagementParameters({ apu: Buffer.from("dg"), apv: Buffer.from("sz") })
      .encrypt(theirs.key);

  it("nothing of what it makes itself", async () => {
    expect(readEncrypted(await made({}), typ)).toBeDefined();
  });

  it.each([
    ["another type", { typ: "other+jwe" }],
    ["a wrapped key", { alg: "ECDH-ES+A256KW" }],
    ["another cipher", { enc: "A128GCM" }],
    ["a cipher without authentication of its own", { enc: "A256CBC-HS512" }],
    ["a header more", { cty: "json" }],
    ["a key that the message brings", { jwk: { kty: "EC" } }],
    ["no key named", { kid: undefined }],
  ])("%s, though it was encrypted to the key", async (_, change) => {
    expect(readEncrypted(await made(change), typ)).toBeUndefined();
  });

  it.each([
    ["padding", (parts: string[]) => parts.with(3, `${parts[3]}=`)],
    ["white space", (parts: string[]) => parts.with(3, ` ${parts[3]}`)],
    ["a part too many", (parts: string[]) => [...parts, "AAAA"]],
    ["a part too few", (parts: string[]) => parts.slice(0, 4)],
    ["a key beside the agreement", (parts: string[]) => parts.with(1, "AAAA")],
    ["a shorter tag", (parts: string[]) => parts.with(4, parts[4]?.slice(0, 16) ?? "")],
    ["a header that is no JSON", (parts: string[]) => parts.with(0, "AAAA")],
  ])("%s", (_, change) => {
    expect(readEncrypted(change(encrypted.split(".")).join("."), typ)).toBeUndefined();
  });
});
