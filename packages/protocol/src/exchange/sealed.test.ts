import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AgreementKey,
  encryptCompact,
  encryptionJwkOf,
  generateDecryptionJwk,
  importDecryptionKey,
  importEncryptionKey,
} from "../encryption/index.ts";
import {
  testAnswer,
  testExpected,
  testFederation,
  testItem,
  testNow,
  testPurpose,
  testRecord,
} from "../testing/index.ts";
import {
  mustBeSealed,
  openAnswer,
  sealedBlockBytes,
  sealedType,
  sealRecords,
  signAnswer,
  unseal,
} from "./index.ts";

const { directory, signer } = testFederation();

/** A requester's key: what others seal to, and what it opens with. */
function newKey(): { readonly public: AgreementKey; readonly keys: ReadonlyMap<string, AgreementKey> } {
  const jwk = generateDecryptionJwk();
  const [own, theirs] = [importDecryptionKey(jwk), importEncryptionKey(encryptionJwkOf(jwk))];
  if (!own.ok || !theirs.ok) throw new Error("a key that was just made does not import");
  return { public: theirs.value, keys: new Map([[own.value.keyId, own.value]]) };
}

const requester = newKey();
const records = [testRecord()];
const place = { iss: testAnswer().iss, aud: testAnswer().aud, jti: testAnswer().jti };
const sealing = async (change: { records?: typeof records; place?: typeof place } = {}) =>
  testAnswer({
    records: [],
    sealed: await sealRecords(change.records ?? records, change.place ?? place, requester.public),
  });

/** What was sealed by somebody who keeps to no rule. */
const sealedText = (plaintext: string, parties = { from: "dg", to: `sz-baoan ${place.jti}` }) =>
  encryptCompact(Buffer.from(plaintext.padEnd(sealedBlockBytes)), sealedType, parties, requester.public);

const open = async (answer: object, sealed = true) =>
  openAnswer(
    await signAnswer(testAnswer(answer), signer("dg")),
    { ...testExpected(), sealed },
    directory,
    testNow,
  );
const codeOf = (result: Awaited<ReturnType<typeof open>> | Awaited<ReturnType<typeof unseal>>) =>
  result.ok ? "ok" : result.error.code;

describe("whether records must be sealed", () => {
  const open = testItem();
  const shared = testItem({ disclosure: "government-shared" });
  const authorised = testItem({ disclosure: "authorised" });

  it.each([
    ["an item asked is of the authorised class", [open, authorised], {}, true],
    [
      "the purpose needs the subject's authorisation, whatever the items",
      [open],
      { authorisation: true },
      true,
    ],
    ["neither is so", [open, shared], {}, false],
  ])("is seen when %s", (_, items, purpose, expected) => {
    expect(mustBeSealed(items, testPurpose(purpose))).toBe(expected);
  });
});

describe("a sealed answer", () => {
  it("is opened by whoever carries it, which finds no record, and unsealed by its requester", async () => {
    const answer = await sealing();
    const opened = await open(answer);
    expect(opened).toEqual({ ok: true, value: answer });
    expect(JSON.stringify(answer)).not.toContain("示罚");
    expect(await unseal(answer, requester.keys)).toEqual({ ok: true, value: records });
  });

  it("is unsealed with a retired key that is still held", async () => {
    const held = new Map([...newKey().keys, ...requester.keys]);
    expect(await unseal(await sealing(), held)).toEqual({ ok: true, value: records });
  });

  it("has a length that tells blocks and not records", async () => {
    const length = async (text: string) =>
      (await sealRecords([testRecord({ fields: { CF_WSH: text } })], place, requester.public)).length;
    expect(new Set(await Promise.all(["", "A", "示罚"].map(length))).size).toBe(1);
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 2000 }), async (text) => {
        const part = (
          await sealRecords([testRecord({ fields: { CF_WSH: text } })], place, requester.public)
        ).split(".");
        expect(Buffer.from(part[3] ?? "", "base64url").length % sealedBlockBytes).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});

describe("an answer that is refused on the way", () => {
  it("has clear records where they must be sealed: answer.not-sealed", async () => {
    expect(codeOf(await open(testAnswer()))).toBe("answer.not-sealed");
  });

  it.each([
    ["records sealed that need not be, which nobody on the way could check", async () => sealing(), false],
    ["records both clear and sealed", async () => ({ ...(await sealing()), records }), true],
    ["nothing held, and something sealed", async () => ({ ...(await sealing()), status: "none" }), true],
    [
      "nothing held, and records clear and sealed",
      async () => ({ ...(await sealing()), records, status: "none" }),
      true,
    ],
    ["a sealed part that is no JWE", async () => testAnswer({ records: [], sealed: "示罚" }), true],
    [
      "a sealed part whose length was not filled up",
      async () =>
        testAnswer({
          records: [],
          sealed: await encryptCompact(
            Buffer.from("{}"),
            sealedType,
            { from: "dg", to: `sz-baoan ${place.jti}` },
            requester.public,
          ),
        }),
      true,
    ],
  ])("has %s: answer.malformed", async (_, answer, sealed) => {
    expect(codeOf(await open(await answer(), sealed))).toBe("answer.malformed");
  });

  it.each([
    ["exchange", { jti: "00000000-0000-4000-8000-000000000000" }],
    ["requester", { aud: testAnswer({ aud: "sz" }).aud }],
    ["node", { iss: testAnswer({ iss: "sz" }).iss }],
  ])("has a part that was sealed for another %s: answer.for-another-request", async (_, change) => {
    expect(codeOf(await open(await sealing({ place: { ...place, ...change } })))).toBe(
      "answer.for-another-request",
    );
  });

  it("has the sealed part of another answer under its own name: it does not decrypt", async () => {
    const { sealed = "" } = await sealing({ place: { ...place, iss: testAnswer({ iss: "sz" }).iss } });
    const [header = "", ...rest] = sealed.split(".");
    const text = Buffer.from(header, "base64url").toString();
    const renamed = text.replace(/"apu":"[^"]+"/, `"apu":"${Buffer.from("dg").toString("base64url")}"`);
    const moved = testAnswer({
      records: [],
      sealed: [Buffer.from(renamed).toString("base64url"), ...rest].join("."),
    });
    expect(codeOf(await open(moved)), "the way cannot tell").toBe("ok");
    expect(codeOf(await unseal(moved, requester.keys))).toBe("answer.sealed-unreadable");
  });
});

describe("unsealing refuses", () => {
  it.each([
    ["of an item that was not asked for", { item: "tax" }],
    ["of another subject", { subject: { kind: "enterprise", scheme: "uscc", id: "91440300MADEM00024" } }],
    ["that is repaired", { state: "repaired" }],
    ["that is withdrawn", { state: "withdrawn" }],
  ])("a record %s, with answer.not-asked", async (_, change) => {
    const answer = await sealing({ records: [testRecord(), testRecord(change)] });
    expect(codeOf(await open(answer)), "the way cannot tell").toBe("ok");
    expect(codeOf(await unseal(answer, requester.keys))).toBe("answer.not-asked");
  });

  it("a part sealed to a key that is not held, with answer.sealed-unreadable", async () => {
    expect(codeOf(await unseal(await sealing(), newKey().keys))).toBe("answer.sealed-unreadable");
    expect(codeOf(await unseal(await sealing(), new Map()))).toBe("answer.sealed-unreadable");
  });

  const part = { ...place, records };
  it.each([
    ["that is no JSON", "示罚"],
    ["without a record", JSON.stringify({ ...part, records: [] })],
    ["with a claim nobody knows", JSON.stringify({ ...part, note: 1 })],
    ["that says nothing of whose it is", JSON.stringify({ records })],
  ])("a plaintext %s, with answer.sealed-unreadable", async (_, plaintext) => {
    const answer = testAnswer({ records: [], sealed: await sealedText(plaintext.padEnd(1024)) });
    expect(codeOf(await unseal(answer, requester.keys))).toBe("answer.sealed-unreadable");
  });

  it.each([
    ["exchange", { jti: "00000000-0000-4000-8000-000000000000" }],
    ["requester", { aud: "sz" }],
    ["node", { iss: "sz" }],
  ])("a plaintext that belongs to another %s, with answer.for-another-request", async (_, change) => {
    const plaintext = JSON.stringify({ ...part, ...change }).padEnd(1024);
    const answer = testAnswer({ records: [], sealed: await sealedText(plaintext) });
    expect(codeOf(await unseal(answer, requester.keys))).toBe("answer.for-another-request");
  });
});
