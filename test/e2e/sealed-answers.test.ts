import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encryptionJwkOf, generateDecryptionJwk } from "@xinqiao/protocol/encryption";
import { openedExchangeSchema, type Question } from "@xinqiao/protocol/exchange";
import { recordSchema } from "@xinqiao/protocol/record";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answering,
  ask,
  authorise,
  type Behaviour,
  createParty,
  csv,
  noneAnswer,
  type Party,
  type PlacedNode,
  type PreparedAgent,
  penaltyRow,
  placeNode,
  prepareAgent,
  type RunningAgent,
  sampleLookup,
  sampleUscc,
  sealing,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const recordOf = (question: Question, change: object = {}) =>
  recordSchema.parse({
    id: "penalty:示罚〔2026〕1号",
    item: "penalty",
    subject: question.subject,
    subjectName: "示例制造有限公司",
    jurisdiction: question.jurisdiction,
    version: 1,
    state: "current",
    occurredOn: "2025-12-01",
    recordedAt: "2025-12-02T00:00:00Z",
    fields: { CF_WSH: "示罚〔2026〕1号" },
    ...change,
  });

/** 东莞 answers as each test says; 惠州 is honest beside it. */
describe("an answer that must be sealed", () => {
  const retired = generateDecryptionJwk();
  let prepared: PreparedAgent;
  let agent: RunningAgent;
  let preparedNode: PreparedAgent;
  let node: RunningAgent;
  let dg: PlacedNode;
  let hz: PlacedNode;
  let gateway: TestGateway;
  const parties = () => [prepared.party, preparedNode.party, dg.party, hz.party];

  beforeAll(async () => {
    prepared = await prepareAgent(
      { node: "sz-baoan", role: "district" },
      {},
      { retiredEncryptionKeys: ["keys/retired.jwk.json"] },
    );
    await writeFile(join(prepared.home, "keys/retired.jwk.json"), JSON.stringify(retired));
    [dg, hz] = [await placeNode("dg", "441900"), await placeNode("hz", "441300")];
    preparedNode = await prepareAgent(
      { node: "sz-longgang", role: "district", jurisdiction: "440307" },
      { "penalties.csv": csv([penaltyRow(sampleUscc, "示龙罚〔2026〕1号")]) },
    );
    gateway = await startGateway(parties());
    [agent, node] = await Promise.all([prepared.start([], gateway), preparedNode.start([], gateway)]);
  });

  afterAll(async () => {
    await Promise.all([agent.close(), node.close()]);
    await Promise.all([gateway.close(), dg.fake.close(), hz.fake.close()]);
  });

  /** With the subject's authorisation, which the asker itself took down. */
  const lookup = async (by: Party, change: object = {}) => {
    const { carried: authorisation } = await authorise(by);
    const jurisdictions = ["441900", "441300"];
    return sampleLookup({ purpose: "bank-loan-review", authorisation, jurisdictions, ...change });
  };
  const sealedTo = (requester: Parameters<typeof sealing>[1], change: object = {}) =>
    sealing(dg.party, requester, (question) => [recordOf(question, change)]);
  const clear = (): Behaviour => (question, response) =>
    answering("dg", dg.party.signer, (answer) => ({
      ...answer,
      status: "ok",
      records: [recordOf(question)],
    }))(question, response);
  const listing = (jwk: typeof retired) => ({
    encryptionKeys: [{ jwk: encryptionJwkOf(jwk), notBefore: "2020-01-01T00:00:00Z" }],
  });

  /** What the platform is handed. */
  const opened = async () => {
    const { body } = await agent.ask(await lookup(prepared.party));
    const { results, complete } = openedExchangeSchema.parse(body);
    const [row, beside] = results;
    expect(beside, "the other row stands").toMatchObject({ node: "hz", status: "none" });
    return { row, complete };
  };

  it("reaches its requester, who reads it", async () => {
    dg.fake.become(sealedTo(prepared.party.member));
    const { row, complete } = await opened();
    expect(row).toMatchObject({ status: "ok", records: [{ subjectName: "示例制造有限公司" }] });
    expect(complete).toBe(true);
  });

  it("goes from a real node to a real agent, and no one between reads it", async () => {
    const place = { jurisdictions: ["440307"] };
    const opened = async () => {
      const { body } = await agent.ask(await lookup(prepared.party, place));
      return openedExchangeSchema.parse(body).results[0];
    };
    // Once the node has heard from the city which authorisations are withdrawn.
    await expect
      .poll(opened, { timeout: 20_000 })
      .toMatchObject({ status: "ok", records: [{ fields: { CF_WSH: "示龙罚〔2026〕1号" } }] });
    const [row] = (await ask(prepared.party, gateway, await lookup(prepared.party, place))).results;
    expect(Buffer.from(row?.answer?.split(".")[1] ?? "", "base64url").toString()).not.toContain("示龙罚");
  });

  it("is refused by a real node when the registry lists no key to seal it to", async () => {
    const { encryptionKeys: _none, ...keyless } = prepared.party.member;
    await gateway.setMembers(parties().with(0, { ...prepared.party, member: keyless }));
    await node.agent.reload();
    const [row] = (
      await ask(prepared.party, gateway, await lookup(prepared.party, { jurisdictions: ["440307"] }))
    ).results;
    expect(row).toMatchObject({ status: "refused", code: "answer.no-encryption-key" });
    await gateway.setMembers(parties());
    await node.agent.reload();
  });

  it("is read with a retired key that is still held", async () => {
    dg.fake.become(sealedTo(listing(retired)));
    expect((await opened()).row).toMatchObject({ status: "ok", records: [{ item: "penalty" }] });
  });

  it("is carried by the gateway as the node signed it, without a record in the row", async () => {
    const asker = createParty({ node: "sz-futian", role: "district" });
    await gateway.setMembers([asker, ...parties()]);
    dg.fake.become(sealedTo(asker.member));
    const [row] = (await ask(asker, gateway, await lookup(asker))).results;
    expect(row).toMatchObject({ status: "ok" });
    const payload = JSON.parse(Buffer.from(row?.answer?.split(".")[1] ?? "", "base64url").toString());
    expect(payload).toMatchObject({
      records: [],
      sealed: expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  it("is refused by the gateway in the clear: answer.not-sealed, and nothing of it is handed on", async () => {
    dg.fake.become(clear());
    const [row] = (await ask(prepared.party, gateway, await lookup(prepared.party))).results;
    expect(row).toMatchObject({ status: "error", code: "answer.not-sealed" });
    expect(row).not.toHaveProperty("answer");
  });

  it("is refused by the gateway when nothing asked had to be sealed: it could not check it", async () => {
    dg.fake.become(sealedTo(prepared.party.member));
    const [row] = (
      await ask(prepared.party, gateway, await lookup(prepared.party, { purpose: "bid-review" }))
    ).results;
    expect(row).toMatchObject({ status: "error", code: "answer.malformed" });
  });

  it("is an error to its requester when it is sealed to a key that it does not hold", async () => {
    dg.fake.become(sealedTo(listing(generateDecryptionJwk())));
    const { row, complete } = await opened();
    expect(row).toMatchObject({ status: "error", code: "answer.sealed-unreadable", records: [] });
    expect(complete).toBe(false);
  });

  it.each([
    ["of another subject", { subject: { kind: "enterprise", scheme: "uscc", id: "91440300MADEM00024" } }],
    ["of an item not asked for", { item: "licence" }],
    ["that is repaired", { state: "repaired" }],
  ])("is an error to its requester when a record in it is one %s", async (_, change) => {
    dg.fake.become(sealedTo(prepared.party.member, change));
    expect((await opened()).row).toMatchObject({ status: "error", code: "answer.not-asked", records: [] });
  });

  it("is refused, signed, when the requester has no key: its refusal is a row like any other", async () => {
    dg.fake.become((question, response) => {
      const { asOf: _none, ...answer } = noneAnswer("dg", question);
      const refusal = { code: "answer.no-encryption-key" as const, rule: "requester-can-unseal" };
      return answering("dg", dg.party.signer, () => ({ ...answer, status: "refused", refusal }))(
        question,
        response,
      );
    });
    expect((await opened()).row).toMatchObject({ status: "refused", code: "answer.no-encryption-key" });
  });
});
