import { describe, expect, it } from "vitest";
import { jurisdictionSchema } from "../identity/index.ts";
import { signCompact } from "../jws/index.ts";
import {
  testAnswer,
  testExpected,
  testFederation,
  testNode,
  testNow,
  testPurpose,
  testRecord,
} from "../testing/index.ts";
import { answerType, openAnswer, signAnswer } from "./index.ts";

const { directory, signer } = testFederation();
const open = (text: string, now = testNow) => openAnswer(text, testExpected(), directory, now);
const code = (text: string, now = testNow) => {
  const opened = open(text, now);
  return opened.ok ? "ok" : opened.error.code;
};
/** As a purpose with these terms has it opened. */
const codeUnder = (terms: object, text: string) => {
  const { answers, needs } = testPurpose({ items: ["licence", "penalty"], ...terms });
  const expected = { ...testExpected(), terms: { ...(answers && { answers }), ...(needs && { needs }) } };
  const opened = openAnswer(text, expected, directory, testNow);
  return opened.ok ? "ok" : opened.error.code;
};
const answered = (change: object = {}, by = "dg") => signAnswer(testAnswer(change), signer(by));
const signedText = (payload: string | Uint8Array, typ = answerType) =>
  signCompact(Buffer.from(payload), typ, signer("dg"));

const none = { status: "none", records: [] };
const refused = {
  status: "refused",
  records: [],
  asOf: undefined,
  refusal: { code: "policy.node-refuses-item", rule: "node-discloses-items" },
};

describe("openAnswer accepts", () => {
  it.each([
    ["records", {}],
    ["a statement that there are none", none],
    ["a refusal, which is an answer too", refused],
  ])("%s, as the node said it", async (_, change) => {
    expect(open(await answered(change))).toEqual({ ok: true, value: testAnswer(change) });
  });

  it.each([
    ["to the last second of its life", 300_000],
    ["from a node whose clock is 10 s ahead", -10_000],
  ])("an answer %s", async (_, later) => {
    expect(code(await answered(), testNow + later)).toBe("ok");
  });
});

describe("an answer whose key has been retired since", () => {
  const retiredAt = testNow + 60_000;
  const retired = {
    key(keyId: string) {
      const known = directory.key(keyId);
      return known && { ...known, notAfter: retiredAt };
    },
  };
  const openAt = async (at: number) => openAnswer(await answered(), testExpected(), retired, at);

  it("still verifies for its time", async () => {
    expect(await openAt(retiredAt - 1)).toMatchObject({ ok: true });
  });

  it("is not taken any more for a new one", async () => {
    expect(await openAt(retiredAt)).toMatchObject({ error: { code: "answer.key-unknown" } });
  });
});

describe("an answer signed with SM2", () => {
  const { question } = testExpected();
  const expected = {
    ...testExpected(),
    node: testNode("hz"),
    question: { ...question, jurisdiction: jurisdictionSchema.parse("441300") },
  };
  const openSm2 = (text: string) => openAnswer(text, expected, directory, testNow);
  const given = () => answered({ iss: "hz", jurisdiction: "441300" }, "hz");

  it("opens", async () => {
    expect(openSm2(await given())).toMatchObject({ ok: true, value: { iss: "hz", status: "ok" } });
  });

  it("does not open once any byte of its payload or signature has changed", async () => {
    const text = await given();
    const [header = "", payload = "", signature = ""] = text.split(".");
    const flipped = (part: string, at: number) => {
      const bytes = Buffer.from(part, "base64url");
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes.toString("base64url");
    };
    for (let at = 0; at < 64; at += 1) {
      for (const changed of [
        `${header}.${flipped(payload, at)}.${signature}`,
        `${header}.${payload}.${flipped(signature, at)}`,
      ])
        expect(openSm2(changed)).toMatchObject({ error: { code: "answer.signature-invalid" } });
    }
  });
});

describe("openAnswer, for a purpose that is answered by yes or no,", () => {
  const yesNo = { answers: "yes-no" };
  const yes = { records: [], held: ["penalty"] };

  it.each([
    ["which items are held", yes],
    ["that none is", { ...none, held: [] }],
    ["a refusal", refused],
  ])("accepts %s", async (_, change) => {
    expect(codeUnder(yesNo, await answered(change))).toBe("ok");
  });

  it.each([
    ["records", {}],
    ["neither records nor items", none],
    ["an item that was not asked for", { ...yes, held: ["tax"] }],
    ["an item twice", { ...yes, held: ["penalty", "penalty"] }],
  ])("refuses %s, with answer.not-asked", async (_, change) => {
    expect(codeUnder(yesNo, await answered(change))).toBe("answer.not-asked");
  });

  it("refuses an answer that contradicts itself", async () => {
    for (const change of [
      { ...yes, status: "none" },
      { records: [], held: [] },
      { ...refused, held: [] },
      { held: ["penalty"] },
    ]) {
      expect(codeUnder(yesNo, await answered(change))).toBe("answer.malformed");
    }
  });

  it("refuses a yes in the clear about what must be sealed, with answer.not-sealed", async () => {
    const expected = { ...testExpected(), terms: { answers: "yes-no" as const }, sealed: true };
    expect(openAnswer(await answered(yes), expected, directory, testNow)).toMatchObject({
      error: { code: "answer.not-sealed" },
    });
  });

  it("refuses a yes in place of the records that another purpose asks for", async () => {
    expect(code(await answered(yes))).toBe("answer.not-asked");
  });
});

describe("openAnswer, for a purpose that needs some columns only,", () => {
  const under = async (needs: object) => codeUnder({ needs }, await answered());

  it("accepts a record of those, and any of an item of which it says nothing", async () => {
    expect(await under({ penalty: { only: ["CF_WSH", "CF_NR"] } })).toBe("ok");
    expect(await under({ licence: { only: ["XK_WSH"] } })).toBe("ok");
  });

  it("refuses a record that holds another column", async () => {
    expect(await under({ penalty: { only: ["CF_NR"] } })).toBe("answer.not-asked");
  });
});

describe("openAnswer refuses with answer.malformed", () => {
  it.each(["", "…", "a.b", "a.b.c", "{}"])("text that is no JWS: %j", (text) => {
    expect(code(text)).toBe("answer.malformed");
  });

  it("a JWS of another type, though the node signed it", async () => {
    expect(code(await signedText(JSON.stringify(testAnswer()), "xinqiao-receipt+jws"))).toBe(
      "answer.malformed",
    );
  });

  it.each<[string, string | Uint8Array]>([
    ["that is not JSON", "answer"],
    ["that is not UTF-8", Buffer.from(JSON.stringify({ ...testAnswer(none), note: "\u00ff" }), "latin1")],
    ["without a subject", JSON.stringify({ ...testAnswer(), subject: undefined })],
    ["with a status nobody knows", JSON.stringify({ ...testAnswer(), status: "maybe" })],
  ])("a payload %s", async (_, payload) => {
    expect(code(await signedText(payload))).toBe("answer.malformed");
  });

  it.each([
    ["ok without a record", { records: [] }],
    ["none with a record", { status: "none" }],
    ["a refusal with a record", { ...refused, records: [testRecord()] }],
    ["a refusal that names no rule", { ...refused, refusal: undefined }],
    ["a rule named without a refusal", { refusal: refused.refusal }],
    ["records of no known age", { asOf: undefined }],
    ["an absence of no known age", { ...none, asOf: undefined }],
    ["an age without data", { ...refused, asOf: "2026-01-01T00:00:00Z" }],
  ])("an answer that contradicts itself: %s", async (_, change) => {
    expect(code(await answered(change))).toBe("answer.malformed");
  });
});

describe("openAnswer refuses", () => {
  it("a key nobody has, with answer.key-unknown", async () => {
    expect(code(await answered({}, "stranger"))).toBe("answer.key-unknown");
  });

  it("a key of the node outside its window, with answer.key-unknown", async () => {
    expect(code(await answered(), Date.parse("2024-12-31T23:59:59Z"))).toBe("answer.key-unknown");
  });

  it("another member's answer in the node's place, with answer.key-of-another-member", async () => {
    expect(code(await answered({}, "sz-baoan"))).toBe("answer.key-of-another-member");
    expect(code(await answered({ iss: "sz" }, "sz"))).toBe("answer.key-of-another-member");
  });

  it("a payload, header or signature that was changed, with answer.signature-invalid", async () => {
    const [header, , signature] = (await answered()).split(".");
    const payload = Buffer.from(JSON.stringify(testAnswer(none))).toString("base64url");
    expect(code(`${header}.${payload}.${signature}`)).toBe("answer.signature-invalid");
    const other = (await answered(none)).split(".");
    expect(code([header, other[1], signature].join("."))).toBe("answer.signature-invalid");
  });

  it("an algorithm that is not the key's, though the key signed, with answer.signature-invalid", async () => {
    const confused = { ...signer("dg"), suite: signer("sz").suite };
    expect(code(await signAnswer(testAnswer(), confused))).toBe("answer.signature-invalid");
  });

  it.each([
    ["node", { iss: "sz" }],
    ["requester", { aud: "sz" }],
    ["exchange", { jti: "00000000-0000-4000-8000-000000000000" }],
    ["purpose", { purpose: "lending" }],
    ["jurisdiction", { jurisdiction: "440306" }],
    ["subject", { subject: { kind: "enterprise", scheme: "uscc", id: "91440300MADEM00024" } }],
    ["kind of subject", { subject: { kind: "individual", scheme: "uscc", id: "91440300MADEM00032" } }],
    [
      "kind of identifier",
      { subject: { kind: "enterprise", scheme: "citizen-id", id: "91440300MADEM00032" } },
    ],
    ["items", { items: ["licence"] }],
    ["items in another order", { items: ["penalty", "licence"] }],
    ["more items", { items: ["licence", "penalty", "tax"] }],
  ])("an answer to another question, with answer.for-another-request: another %s", async (_, change) => {
    expect(code(await answered(change))).toBe("answer.for-another-request");
  });

  it.each([
    ["past its end", {}, 301_000],
    ["from a future 11 s off", {}, -11_000],
    ["that gives itself a life over 300 s", { exp: testNow / 1000 + 301 }, 0],
  ])("an answer %s, with answer.expired", async (_, change, later) => {
    expect(code(await answered(change), testNow + later)).toBe("answer.expired");
  });

  it("says by how much the clocks differ", async () => {
    expect(open(await answered(), testNow - 11_000)).toMatchObject({ error: { facts: { skewSeconds: 11 } } });
  });

  it.each([
    ["of an item that was not asked for", { item: "tax" }],
    ["of another subject", { subject: { kind: "enterprise", scheme: "uscc", id: "91440300MADEM00024" } }],
    [
      "found by another kind of identifier",
      { subject: { kind: "enterprise", scheme: "registration-number", id: "91440300MADEM00032" } },
    ],
  ])("records that were not asked for, with answer.not-asked: one %s", async (_, change) => {
    expect(code(await answered({ records: [testRecord(), testRecord(change)] }))).toBe("answer.not-asked");
  });

  it("without a word of whom the question is about", async () => {
    const faults = await Promise.all(
      [{ items: ["tax"] }, { records: [testRecord({ item: "tax" })] }, { records: [] }].map(async (change) =>
        open(await answered(change)),
      ),
    );
    expect(JSON.stringify(faults)).not.toMatch(/91440300|示例制造/);
  });
});
