import { randomUUID } from "node:crypto";
import { readEvidence } from "@xinqiao/gateway";
import { statementSchema } from "@xinqiao/protocol/audit";
import { commitmentOf, opens } from "@xinqiao/protocol/log";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  askDirectly,
  authorise,
  createParty,
  csv,
  type GivenAuthorisation,
  type PlacedNode,
  type PreparedAgent,
  penaltyRow,
  placeNode,
  prepare,
  prepareAgent,
  type RunningAgent,
  readLog,
  sampleLookup,
  sampleUscc,
  send,
  startGateway,
  type TestGateway,
  withdrawalsHeard,
} from "../constellation/index.ts";

const bank = createParty({ node: "sample-bank", role: "credit-user" });
const counter = createParty({ node: "sz-counter", role: "source-unit" });
const suspended = createParty({ node: "sz-futian", role: "district", status: "suspended" });
const stranger = createParty({ node: "sample-bank", role: "credit-user" });

const loan = (change: object = {}) => sampleLookup({ purpose: "bank-loan-review", ...change });
const withdrawals = "/v1/authorisations/withdrawals";

/** A real gateway, a real agent that answers for Bao'an, and a node that notes what it is sent. */
describe("a subject's authorisation", () => {
  let dg: PlacedNode;
  let prepared: PreparedAgent;
  let gateway: TestGateway;
  let baoan: RunningAgent;

  beforeAll(async () => {
    dg = await placeNode("dg", "441900");
    prepared = await prepareAgent(
      { node: "sz-baoan", role: "district", jurisdiction: "440306" },
      { "penalties.csv": csv([penaltyRow(sampleUscc, "示罚〔2026〕1号")]) },
    );
    gateway = await startGateway([bank, counter, suspended, prepared.party, dg.party]);
    baoan = await prepared.start([], gateway);
    await vi.waitUntil(async () => (await withdrawalsHeard(prepared)) > 0, { timeout: 20_000 });
  });

  afterAll(async () => {
    await Promise.all([baoan.close(), gateway.close(), dg.fake.close()]);
  });

  const ask = async (given?: GivenAuthorisation, change: object = {}) =>
    send(await prepare(bank, gateway, loan({ ...(given && { authorisation: given.carried }), ...change })));

  const rowSchema = z.object({ node: z.string(), status: z.string(), code: z.string().optional() });
  const rowsOf = (text: string) => z.object({ results: z.array(rowSchema) }).parse(JSON.parse(text)).results;

  const withdraw = (given: GivenAuthorisation, by = bank, authorisation = given.authorisation.jti) =>
    prepare(by, gateway, { authorisation, token: given.carried.token }, { path: withdrawals }).then(send);

  /** Asks the agent as the gateway does, past the gateway. */
  const askNode = (given?: GivenAuthorisation) =>
    askDirectly(gateway.city, prepared, {
      requester: "sample-bank",
      purpose: "bank-loan-review",
      ...(given && { authorisation: given.carried }),
    });

  it("is needed where the purpose asks for one, and nothing leaves without it", async () => {
    const asked = dg.fake.asked;
    expect(await ask()).toMatchObject({ status: 403, code: "policy.authorisation-required" });
    expect(dg.fake.asked).toBe(asked);
    expect(await askNode()).toMatchObject({
      status: "refused",
      refusal: { code: "policy.authorisation-required", rule: "authorisation-given" },
    });
  });

  it("opens what it covers, at the gateway and at every node, and the log names who signed it and commits to its id", async () => {
    const given = await authorise(counter, { aud: "sample-bank" });
    const sent = await ask(given);
    expect(rowsOf(sent.text)).toMatchObject([
      { node: "sz-baoan", status: "ok" },
      { node: "dg", status: "none" },
    ]);
    const { exchange } = JSON.parse(sent.text);
    const intent = (await readLog(gateway)).find((entry) => entry.exchange === exchange);
    expect(intent).toMatchObject({
      kind: "lookup.intent",
      authorisation: { issuer: "sz-counter" },
    });
    expect(JSON.stringify(intent)).not.toContain(given.authorisation.jti);
    expect((await usesOf(given)).map(({ exchange: used }) => used)).toEqual([exchange]);
  });

  it("is told to its subject with its id, in a statement of who looked", async () => {
    const given = await authorise(counter, { aud: "sample-bank" });
    const { exchange } = JSON.parse((await ask(given)).text);
    const { body } = await baoan.call("/v1/audit/statements", { subject: loan().subject });
    const { statement } = z.object({ statement: z.string() }).parse(body);
    const payload = Buffer.from(statement.split(".")[1] ?? "", "base64url").toString();
    const { uses } = statementSchema.parse(JSON.parse(payload));
    expect(uses.find((use) => use.exchange === exchange)).toMatchObject({
      authorisation: { id: given.authorisation.jti, issuer: "sz-counter" },
    });
  });

  it("goes to no node when none is needed", async () => {
    const given = await authorise(bank);
    const sent = await send(
      await prepare(bank, gateway, sampleLookup({ authorisation: given.carried, jurisdictions: ["440306"] })),
    );
    expect(rowsOf(sent.text)).toMatchObject([{ status: "ok" }]);
    expect(await usesOf(given)).toEqual([]);
  });

  /** Entries that are committed to an authorisation's id, as what is kept beside them says. */
  async function usesOf({ authorisation: { jti } }: GivenAuthorisation) {
    return (await readLog(gateway)).filter((entry, index) => {
      const evidence = readEvidence(gateway.logFile, index);
      const openings = typeof evidence === "string" ? [] : evidence.kept.openings;
      return openings.some(
        ({ field, key, value }) =>
          field === "authorisation" &&
          value === jti &&
          opens(commitmentOf(entry, field) ?? "", { key: Buffer.from(key, "base64"), value }),
      );
    });
  }

  const day = 86_400;
  const now = () => Math.floor(Date.now() / 1000);
  const wrong: Readonly<Record<string, readonly [string, () => Promise<GivenAuthorisation>]>> = {
    "of a key nobody has": ["authorisation.key-unknown", () => authorise(stranger)],
    "in another member's name": [
      "authorisation.key-of-another-member",
      () => authorise(counter, { iss: "sample-bank" }),
    ],
    "of a suspended member": [
      "authorisation.issuer-not-active",
      () => authorise(suspended, { aud: "sample-bank" }),
    ],
    "that was changed": [
      "authorisation.signature-invalid",
      async () => {
        const given = await authorise(bank);
        const { token, key } = given.carried;
        return { ...given, carried: { token: `${token.slice(0, -8)}AAAAAAAA`, key } };
      },
    ],
    "that is none": [
      "authorisation.malformed",
      async () => {
        const given = await authorise(bank);
        return { ...given, carried: { ...given.carried, token: "a.b.c" } };
      },
    ],
    "that has expired": [
      "authorisation.expired",
      () => authorise(bank, { iat: now() - 2 * day, exp: now() - day }),
    ],
    "from the future": ["authorisation.not-yet-valid", () => authorise(bank, { iat: now() + 60 })],
    "of another subject": [
      "authorisation.for-another-subject",
      () => authorise(bank, {}, { scheme: "uscc", id: "91440300MADEM00032" }),
    ],
    "for another member": ["authorisation.for-another-member", () => authorise(bank, { aud: "sz-baoan" })],
    "for another purpose": [
      "authorisation.for-another-purpose",
      () => authorise(bank, { purpose: "bid-review" }),
    ],
    "of other items": ["authorisation.excludes-item", () => authorise(bank, { items: ["licence"] })],
  };

  it.each(Object.entries(wrong))(
    "is refused when it is one %s, by the gateway and by a node asked directly",
    async (_what, [code, make]) => {
      const asked = dg.fake.asked;
      const given = await make();
      expect(await ask(given)).toMatchObject({ code });
      expect(dg.fake.asked, "nothing leaves").toBe(asked);
      expect(await askNode(given)).toMatchObject({ status: "refused", refusal: { code } });
    },
  );

  it("is good for as many lookups as the subject said: of twenty at once with five uses, five go ahead", async () => {
    const given = await authorise(bank, { uses: 5 });
    const asked = dg.fake.asked;
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => ask(given, { jurisdictions: ["441900"] })),
    );
    const codes = sent.map(({ status, code }) => (status === 200 ? "ok" : code));
    expect(codes.filter((code) => code === "ok")).toHaveLength(5);
    expect(codes.filter((code) => code === "authorisation.used-up")).toHaveLength(15);
    expect(dg.fake.asked - asked, "nothing leaves for the others").toBe(5);
    const named = await usesOf(given);
    expect(named.map(({ kind }) => kind).sort()).toEqual([
      ...Array(5).fill("lookup.intent"),
      ...Array(15).fill("lookup.refused"),
    ]);
  });

  it("counts for nothing once it is withdrawn: at once at the gateway, within seconds at a node", async () => {
    const given = await authorise(bank);
    expect((await ask(given)).status).toBe(200);
    expect(await askNode(given)).toMatchObject({ status: "ok" });
    const receipt = await withdraw(given);
    expect(receipt).toMatchObject({ status: 200 });
    const { log } = z.object({ log: z.object({ index: z.number() }) }).parse(JSON.parse(receipt.text));
    expect((await readLog(gateway))[log.index]).toMatchObject({
      kind: "authorisation.withdrawn",
      authorisation: given.authorisation.jti,
      issuer: "sample-bank",
    });
    expect(await ask(given)).toMatchObject({ status: 403, code: "authorisation.withdrawn" });
    const refusedBy = async () => (await askNode(given)).refusal?.code;
    await expect.poll(refusedBy, { timeout: 15_000, interval: 200 }).toBe("authorisation.withdrawn");
    expect((await withdraw(given)).status, "said again, it is so still").toBe(200);
  });

  it("is withdrawn by nobody but the member that signed it", async () => {
    const given = await authorise(bank);
    expect(await withdraw(given, counter)).toMatchObject({ status: 404, code: "authorisation.not-found" });
    expect(await withdraw(given, bank, randomUUID())).toMatchObject({ code: "authorisation.not-found" });
    const other = await authorise(counter, { jti: given.authorisation.jti });
    expect((await withdraw(other, counter)).status, "its own of the same id").toBe(200);
    expect((await ask(given)).status).toBe(200);
  });
});
