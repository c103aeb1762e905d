import { baseCatalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import {
  type DecryptionJwk,
  encryptionJwkOf,
  generateDecryptionJwk,
  importDecryptionKey,
} from "@xinqiao/protocol/encryption";
import { openAnswer, questionSchema, unseal } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import { recordSchema } from "@xinqiao/protocol/record";
import { createDirectory } from "@xinqiao/protocol/registry";
import { ok } from "@xinqiao/protocol/result";
import { testMember, testNode, testNow, testRequestId } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { answerQuestion } from "./index.ts";

const subject = {
  kind: "enterprise",
  scheme: "uscc",
  id: composeUscc({ division: "440300", serial: "EXAMPLE1" }),
};
const secret = "示例违法事实甲乙丙";
const record = recordSchema.parse({
  id: "penalty:1",
  item: "penalty",
  subject,
  subjectName: "示例制造有限公司",
  jurisdiction: "441900",
  version: 1,
  state: "current",
  occurredOn: "2025-12-01",
  recordedAt: "2025-12-02T00:00:00Z",
  fields: { CF_SY: secret },
});
const asked = (change: object = {}) =>
  questionSchema.parse({
    exchange: testRequestId,
    requester: "sz-baoan",
    subject,
    items: ["penalty"],
    purpose: "bank-loan-review",
    jurisdiction: "441900",
    remainingMs: 1000,
    ...change,
  });

const own = generateDecryptionJwk();
const held = importDecryptionKey(own);
if (!held.ok) throw new Error(held.error);
const keys = new Map([[held.value.keyId, held.value]]);
const listed = (jwk: DecryptionJwk, window: object = {}) => ({
  jwk: encryptionJwkOf(jwk),
  notBefore: "2025-01-01T00:00:00Z",
  ...window,
});

const signingKey = generatePrivateJwk();
const key = (jwk = generatePrivateJwk()) => ({ jwk: publicOf(jwk), notBefore: "2025-01-01T00:00:00Z" });

const catalogue = indexCatalogue(baseCatalogue());

/** What the node answers when the subject has authorised everything, as the requester reads it. */
async function answered(
  encryptionKeys: readonly object[] | undefined,
  change: object = {},
  records = [record],
) {
  const signer = importSigner(signingKey);
  const directory = createDirectory({
    version: 1,
    members: [
      testMember({ keys: [key()], encryptionKeys }),
      testMember({
        node: "dg",
        jurisdiction: "441900",
        endpoint: "https://dg.example",
        keys: [key(signingKey)],
      }),
    ],
  });
  if (!signer.ok || !directory.ok) throw new Error("the federation is not sound");
  const looked: unknown[] = [];
  const question = asked(change);
  const said = await answerQuestion(
    question,
    {
      node: testNode("dg"),
      jurisdiction: "441900",
      directory: () => directory.value,
      catalogue: () => catalogue,
      standing: () => "current",
      rules: [],
      authorisationStanding: () => undefined,
      identifierExceptions: new Set(),
      source: {
        async find(query) {
          looked.push(query);
          return ok({ records, asOf: "2026-01-01T00:00:00Z" });
        },
      },
      signer: signer.value,
      now: () => testNow,
      dayOf: () => "2026-01-01",
    },
    AbortSignal.timeout(10_000),
  );
  if (!said.ok) throw new Error(said.error.code);
  const sealed =
    question.purpose === "bank-loan-review" || question.items.some((item) => item === "tax-credit");
  const opened = openAnswer(
    said.value.text,
    { node: testNode("dg"), question, terms: {}, sealed },
    directory.value,
    testNow,
  );
  if (!opened.ok) throw new Error(opened.error.code);
  return { said: said.value, looked, answer: opened.value, records: await unseal(opened.value, keys) };
}

const payloadOf = (text: string) => Buffer.from(text.split(".")[1] ?? "", "base64url").toString();

describe("a node's answer", () => {
  it.each([
    ["the purpose needs the subject's authorisation", {}],
    [
      "an item asked is of the authorised class",
      { purpose: "subsidy-review", items: ["penalty", "tax-credit"] },
    ],
  ])("is sealed to the requester when %s", async (_, change) => {
    const { said, answer, records } = await answered([listed(own)], change);
    expect(answer).toMatchObject({ status: "ok", records: [] });
    expect(payloadOf(said.text)).not.toContain(secret);
    expect(records).toMatchObject({ ok: true, value: [{ id: "penalty:1", fields: { CF_SY: secret } }] });
    expect(said.recordCount, "for its own books").toBe(1);
  });

  it("is in the clear when nothing asked must be sealed, key or no key", async () => {
    for (const encryptionKeys of [[listed(own)], undefined]) {
      const { answer } = await answered(encryptionKeys, { purpose: "bid-review" });
      expect(answer).toMatchObject({ status: "ok", records: [{ fields: { CF_SY: secret } }] });
      expect(answer.sealed).toBeUndefined();
    }
  });

  it("has nothing sealed in it when nothing is held", async () => {
    const { answer } = await answered([listed(own)], {}, []);
    expect(answer).toMatchObject({ status: "none", records: [] });
    expect(answer.sealed).toBeUndefined();
  });

  it("is sealed to the key that counts now, of those listed", async () => {
    const retired = listed(generateDecryptionJwk(), { notAfter: "2025-06-01T00:00:00Z" });
    const coming = listed(generateDecryptionJwk(), { notBefore: "2026-06-01T00:00:00Z" });
    const { records } = await answered([retired, listed(own), coming]);
    expect(records).toMatchObject({ ok: true });
  });

  it.each([
    ["lists none", undefined],
    ["lists one that is retired", [listed(own, { notAfter: "2025-06-01T00:00:00Z" })]],
    ["lists one that is yet to count", [listed(own, { notBefore: "2026-06-01T00:00:00Z" })]],
  ])(
    "is a refusal when it must be sealed and the requester %s: its source is not even read",
    async (_, listed) => {
      const { said, looked, answer } = await answered(listed);
      expect(answer).toMatchObject({
        status: "refused",
        refusal: { code: "answer.no-encryption-key", rule: "requester-can-unseal" },
      });
      expect(looked).toEqual([]);
      expect(payloadOf(said.text)).not.toContain(secret);
    },
  );
});
