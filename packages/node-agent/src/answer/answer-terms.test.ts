import { baseCatalogue, type Catalogue, indexCatalogue } from "@xinqiao/protocol/catalogue";
import { type Answer, openAnswer, type Question, questionSchema } from "@xinqiao/protocol/exchange";
import { generatePrivateJwk, importSigner, publicOf } from "@xinqiao/protocol/keys";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { recordFromRow } from "@xinqiao/protocol/record";
import { createDirectory, registryStanding } from "@xinqiao/protocol/registry";
import { ok } from "@xinqiao/protocol/result";
import { testMember } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { nodeRules } from "../policy/index.ts";
import { asked, penaltyRow, testJurisdiction, testNow } from "../source/testing/rows.ts";
import { type AnswerDependencies, answerQuestion } from "./answer-question.ts";

const jwk = generatePrivateJwk("ed25519");
const signer = importSigner(jwk);
if (!signer.ok) throw new Error(signer.error);
const self = testMember({
  node: "sz-baoan",
  jurisdiction: testJurisdiction,
  endpoint: "https://baoan.example",
  keys: [{ jwk: publicOf(jwk), notBefore: "2026-01-01T00:00:00Z" }],
});
const requester = testMember({
  node: "sz-futian",
  keys: [{ jwk: publicOf(generatePrivateJwk("ed25519")), notBefore: "2026-01-01T00:00:00Z" }],
});
const directory = createDirectory({ version: 1, members: [self, requester] });
if (!directory.ok) throw new Error(directory.error.join());

const base = baseCatalogue();
/** The base catalogue, its tender review changed. */
function catalogueWith(change: object): Catalogue {
  const purposes = base.purposes.map((purpose) =>
    purpose.code === "bid-review" ? { ...purpose, ...change } : purpose,
  );
  return indexCatalogue({ ...base, purposes });
}

const penaltyItem = base.items.find(({ code }) => code === "penalty");
function penaltyRecord(change: object = {}): CreditRecord {
  if (penaltyItem === undefined) throw new Error("no penalty");
  const record = recordFromRow(penaltyItem, penaltyRow(asked, "示罚〔2025〕1号"), {
    jurisdiction: testJurisdiction,
    recordedAt: "2026-01-01T00:00:00Z",
  });
  if (!record.ok) throw new Error(JSON.stringify(record.error));
  return { ...record.value, ...change };
}

interface Scene {
  readonly catalogue?: () => Catalogue;
  readonly records?: readonly CreditRecord[];
  /** Seconds that the registry is past its end. */
  readonly registryLate?: number;
}

async function answerOf({
  catalogue,
  records = [penaltyRecord()],
  registryLate = -1,
}: Scene): Promise<Answer> {
  if (!signer.ok || !directory.ok) throw new Error("no key");
  const current = catalogue ?? (() => catalogueWith({}));
  const deps: AnswerDependencies = {
    node: self.node,
    jurisdiction: testJurisdiction,
    directory: () => directory.value,
    catalogue: current,
    standing: (grace) =>
      registryStanding({ exp: testNow / 1000 - registryLate, grace: 86_400 }, testNow, grace),
    rules: nodeRules({ requesters: "all", purposes: "all", withheldItems: [] }),
    identifierExceptions: new Set(),
    authorisationStanding: () => undefined,
    source: { find: async () => ok({ records, asOf: "2026-03-01T00:00:00.000Z" }) },
    signer: signer.value,
    now: () => testNow,
    dayOf: () => "2026-03-01",
  };
  const question: Question = questionSchema.parse({
    exchange: "6f0c1f3e-5d0f-4b8e-9a51-6c5e2f3a7b10",
    requester: requester.node,
    subject: asked,
    items: ["licence", "penalty"],
    purpose: "bid-review",
    jurisdiction: testJurisdiction,
    remainingMs: 1_000,
  });
  const { remainingMs: _spent, ...rest } = question;
  const terms = current().purposes.get(question.purpose) ?? {};
  const answered = await answerQuestion(question, deps, new AbortController().signal);
  if (!answered.ok) throw new Error(answered.error.code);
  // As gateway and requester do.
  const opened = openAnswer(
    answered.value.text,
    { node: self.node, question: rest, terms, sealed: false },
    directory.value,
    testNow,
  );
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}

describe("a node's answer", () => {
  it("gives the records, and which columns, that the purpose needs", async () => {
    const needs = { penalty: { only: ["CF_WSH"] } };
    const answer = await answerOf({ catalogue: () => catalogueWith({ needs }) });
    expect(answer).toMatchObject({ status: "ok", records: [{ fields: { CF_WSH: "示罚〔2025〕1号" } }] });
    expect(Object.keys(answer.records[0]?.fields ?? {})).toEqual(["CF_WSH"]);
    expect(answer.held).toBeUndefined();
  });

  it("says to a purpose answered by yes or no only which items are held, and nothing of the records", async () => {
    const catalogue = () => catalogueWith({ answers: "yes-no" });
    const answer = await answerOf({ catalogue });
    expect(answer).toMatchObject({ status: "ok", records: [], held: ["penalty"] });
    expect(JSON.stringify(answer)).not.toContain("示罚");
    expect(await answerOf({ catalogue, records: [] })).toMatchObject({
      status: "none",
      records: [],
      held: [],
    });
  });

  it("does not count what may not be disclosed as held", async () => {
    const catalogue = () => catalogueWith({ answers: "yes-no" });
    for (const change of [{ state: "repaired" }, { disclosedUntil: "2026-02-28" }]) {
      const answer = await answerOf({ catalogue, records: [penaltyRecord(change)] });
      expect(answer).toMatchObject({ status: "none", held: [] });
    }
  });

  it("is a refusal once the registry is older than the purpose allows, though the registry allows more", async () => {
    const catalogue = () => catalogueWith({ graceSeconds: 60 });
    expect(await answerOf({ catalogue, registryLate: 60 })).toMatchObject({ status: "ok" });
    expect(await answerOf({ catalogue, registryLate: 61 })).toMatchObject({
      status: "refused",
      refusal: { code: "registry.expired", rule: "registry-fresh" },
    });
  });

  it("is a refusal on a day on which the purpose's legal basis is not in force", async () => {
    const catalogue = () => catalogueWith({ validFrom: "2026-03-02" });
    expect(await answerOf({ catalogue })).toMatchObject({
      status: "refused",
      refusal: { code: "policy.purpose-not-live", rule: "purpose-live" },
    });
  });

  it("is decided and made by one version of the catalogue, though another is taken meanwhile", async () => {
    const [first, second] = [catalogueWith({}), catalogueWith({ answers: "yes-no" })];
    const seen: Catalogue[] = [];
    const catalogue = () => {
      // The first is for opening the answer below, the second for making it.
      seen.push(seen.length < 2 ? first : second);
      return seen.at(-1) ?? first;
    };
    expect(await answerOf({ catalogue })).toMatchObject({ status: "ok", records: [{ item: "penalty" }] });
    expect(seen).toEqual([first, first]);
  });
});
