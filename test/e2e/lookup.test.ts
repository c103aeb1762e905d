import { randomUUID } from "node:crypto";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { composeUscc } from "@xinqiao/protocol/identity";
import { signRequest } from "@xinqiao/protocol/signing";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answering,
  ask,
  createParty,
  csv,
  type FakeNode,
  hanging,
  type PreparedAgent,
  penaltyRow,
  prepare,
  prepareAgent,
  type RunningAgent,
  readLog,
  sampleLookup,
  startFakeNode,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

/** Known to 宝安 and 龙岗; its name is shared by another enterprise. */
const known = composeUscc({ division: "440300", serial: "EXAMPLE1" });
const namesake = composeUscc({ division: "440300", serial: "EXAMPLE2" });

const baoanFile = csv([
  penaltyRow(known, "示例罚〔2025〕1号"),
  penaltyRow(known, "示例罚〔2025〕2号", { CF_GSJZQ: "2025-06-01" }),
  penaltyRow(namesake, "示例罚〔2025〕3号"),
]);
const longgangFile = csv([penaltyRow(known, "示例龙罚〔2025〕1号")]);

describe("a lookup across the federation", () => {
  const direct = createParty({ node: "sz-futian", role: "district" });
  let node: FakeNode;
  let gateway: TestGateway;
  let prepared: Record<"baoan" | "longgang" | "dg", PreparedAgent>;
  let agents: Record<"baoan" | "longgang" | "dg", RunningAgent>;
  const hz = () =>
    createParty({ node: "hz", role: "neighbour-city", jurisdiction: "441300", endpoint: node.origin });
  let hzParty: ReturnType<typeof hz>;

  beforeAll(async () => {
    node = await startFakeNode(hanging);
    hzParty = hz();
    prepared = {
      baoan: await prepareAgent(
        { node: "sz-baoan", role: "district", jurisdiction: "440306" },
        { "a.csv": baoanFile },
      ),
      longgang: await prepareAgent(
        { node: "sz-longgang", role: "district", jurisdiction: "440307" },
        { "b.csv": longgangFile },
      ),
      dg: await prepareAgent(
        { node: "dg", role: "neighbour-city", jurisdiction: "441900" },
        { "c.csv": csv([penaltyRow(namesake, "示例莞罚〔2025〕1号")]) },
        { policy: { requesters: ["sz-baoan"] } },
      ),
    };
    const parties = [direct, prepared.baoan.party, prepared.longgang.party, prepared.dg.party, hzParty];
    gateway = await startGateway(parties, { limits: { maxAnswerBytes: 20_000 } });
    const members = [gateway.city, ...parties].map(({ member }) => member);
    agents = {
      baoan: await prepared.baoan.start(members, gateway),
      longgang: await prepared.longgang.start(members, gateway),
      dg: await prepared.dg.start(members, gateway),
    };
  });

  afterAll(async () => {
    await Promise.all(Object.values(agents).map((agent) => agent.close()));
    await Promise.all([gateway.close(), node.close()]);
  });

  const lookup = (change: object = {}) =>
    sampleLookup({
      subject: { kind: "enterprise", scheme: "uscc", id: known },
      deadlineMs: 3_000,
      ...change,
    });

  const askAs = async (agent: RunningAgent, change: object = {}, headers = {}) => {
    const reply = await agent.ask(lookup(change), headers);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return openedExchangeSchema.parse(reply.body);
  };

  it("is answered by every jurisdiction, one row each in the order asked, with its records", async () => {
    node.become(answering("hz", hzParty.signer));
    const jurisdictions = ["441300", "440307", "441900", "440306"];
    const exchange = await askAs(agents.baoan, { jurisdictions });
    expect(exchange.results.map(({ jurisdiction }) => jurisdiction)).toEqual(jurisdictions);
    expect(exchange.results.map(({ node: name, status, records }) => [name, status, records.length])).toEqual(
      [
        ["hz", "none", 0],
        ["sz-longgang", "ok", 1],
        ["dg", "none", 0],
        ["sz-baoan", "ok", 1],
      ],
    );
    expect(exchange.complete).toBe(true);
    for (const { asOf, latencyMs } of exchange.results) {
      expect(Date.parse(asOf ?? "")).toBeLessThanOrEqual(Date.now());
      expect(latencyMs).toBeGreaterThan(0);
    }
    expect(exchange.results[1]?.records[0]?.fields).toMatchObject({
      CF_WSH: "示例龙罚〔2025〕1号",
      CF_NR_FK: "1.5",
    });
  });

  it("asks every jurisdiction of the registry for all", async () => {
    node.become(answering("hz", hzParty.signer));
    const { results } = await askAs(agents.baoan);
    expect(results.map(({ jurisdiction }) => jurisdiction)).toEqual(["440306", "440307", "441900", "441300"]);
  });

  it("leaves out what is past its last day of publication", async () => {
    const { results } = await askAs(agents.baoan, { jurisdictions: ["440306"] });
    expect(results[0]?.records.map(({ fields }) => fields.CF_WSH)).toEqual(["示例罚〔2025〕1号"]);
  });

  it("finds by identifier, never by the name two enterprises share", async () => {
    const { results } = await askAs(agents.baoan, { jurisdictions: ["441900"] });
    expect(results[0]).toMatchObject({ status: "none", records: [] });
  });

  it("is decided again by each node, which signs its refusal", async () => {
    const { results, complete } = await askAs(agents.longgang, { jurisdictions: ["441900", "440306"] });
    expect(results[0]).toMatchObject({ node: "dg", status: "refused", code: "policy.node-refuses-member" });
    expect(results[1]).toMatchObject({ node: "sz-baoan", status: "ok" });
    expect(complete).toBe(true);
  });

  it("is asked of each node in a request of its own, under the exchange's id and one trace", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const jurisdictions = ["440306", "440307"];
    const { exchange } = await askAs(agents.baoan, { jurisdictions }, { traceparent });
    for (const { lines } of [agents.baoan, agents.longgang]) {
      const answered = lines
        .map((line) => JSON.parse(line))
        .filter((line) => line.event === "answered" && line.exchange === exchange);
      expect(answered).toMatchObject([{ traceId, requester: "sz-baoan" }]);
    }
    expect(gateway.lines.some((line) => line.includes(exchange) && line.includes(traceId))).toBe(true);
    const entries = (await readLog(gateway)).filter((entry) => entry.exchange === exchange);
    expect(entries).toMatchObject([
      { kind: "lookup.intent", traceId, actor: "sz-baoan" },
      { kind: "lookup.outcome", traceId },
    ]);
  });

  it("carries the gateway's refusal through to the platform, with hop, code and trace", async () => {
    const reply = await agents.baoan.ask(lookup({ purpose: "honours-review", items: ["red-list"] }));
    expect(reply).toMatchObject({
      status: 403,
      body: { code: "policy.purpose-not-live", hop: "sz", verified: true },
    });
    expect(reply.body).toHaveProperty("traceId");
    expect(reply.body).toHaveProperty("titleZh");
  });

  it("is not believed by the agent when a node's answer does not open", async () => {
    // The city's list has a new key for 惠州 that this agent's list does not: the gateway accepts, the agent must not.
    const renewed = hz();
    const parties = [direct, prepared.baoan.party, prepared.longgang.party, prepared.dg.party];
    node.become(answering("hz", renewed.signer));
    await gateway.setMembers([...parties, renewed]);
    const { results, complete } = await askAs(agents.baoan, { jurisdictions: ["441300"] });
    expect(results[0]).toMatchObject({
      node: "hz",
      status: "error",
      code: "answer.key-unknown",
      records: [],
    });
    expect(complete).toBe(false);
    await gateway.setMembers([...parties, hzParty]);
  });

  it("stops when the asker goes away, and still gets its outcome in the log", async () => {
    node.become(hanging);
    const before = node.asked;
    const outgoing = await prepare(
      direct,
      gateway,
      lookup({ jurisdictions: ["441300"], deadlineMs: 30_000 }),
    );
    const leaving = new AbortController();
    const gone = request(outgoing.url, {
      method: "POST",
      headers: outgoing.headers,
      body: outgoing.body,
      signal: leaving.signal,
    }).catch((error: unknown) => error);
    await expect.poll(() => node.asked).toBe(before + 1);
    leaving.abort();
    expect(await gone).toBeInstanceOf(Error);
    await expect
      .poll(async () =>
        (await readLog(gateway)).filter(({ exchange }) => exchange === outgoing.outgoing.requestId),
      )
      .toMatchObject([
        { kind: "lookup.intent" },
        { kind: "lookup.outcome", rows: [{ code: "node.cancelled" }] },
      ]);
  });

  it("turns an answer over the limit into an error row", async () => {
    node.become((_question, response) => {
      response.setHeader("content-type", "application/jose");
      response.end("x".repeat(30_000));
    });
    const { results } = await ask(direct, gateway, lookup({ jurisdictions: ["441300", "440306"] }));
    expect(results[0]).toMatchObject({ status: "error", code: "answer.too-large" });
    expect(results[1]).toMatchObject({ status: "ok" });
  });

  describe("put to a node by somebody else", () => {
    const question = (change: object = {}) => ({
      exchange: randomUUID(),
      requester: "sz-baoan",
      subject: { kind: "enterprise", scheme: "uscc", id: known },
      items: ["penalty"],
      purpose: "bid-review",
      jurisdiction: "440306",
      remainingMs: 1_000,
      ...change,
    });

    const put = async (party: typeof direct, body: ReturnType<typeof question>) => {
      const bytes = Buffer.from(JSON.stringify(body));
      const targetUri = `${prepared.baoan.origin}/v1/answers`;
      const headers = await signRequest(
        {
          method: "POST",
          targetUri,
          body: bytes,
          contentType: "application/json",
          requestId: body.exchange,
          from: party.member.node,
          to: prepared.baoan.party.member.node,
        },
        { signer: party.signer, now: Date.now(), nonce: randomUUID().replaceAll("-", "") },
      );
      return () => request(targetUri, { method: "POST", headers, body: bytes });
    };

    it("is refused by the node: only its own city's gateway asks", async () => {
      const reply = await (await put(direct, question()))();
      expect(reply.statusCode).toBe(403);
      expect(await reply.body.json()).toMatchObject({ code: "policy.role-not-allowed", hop: "sz-baoan" });
    });

    it("is refused by the node when it is replayed", async () => {
      const sendAgain = await put(gateway.city, question());
      expect((await sendAgain()).statusCode).toBe(200);
      const reply = await sendAgain();
      expect(reply.statusCode).toBe(409);
      expect(await reply.body.json()).toMatchObject({ code: "signature.replayed" });
    });

    it.each([
      ["for another jurisdiction", { jurisdiction: "440307" }, "lookup.jurisdiction-unknown"],
      ["for a requester its registry does not know", { requester: "sz-unknown" }, "policy.member-not-active"],
    ])("is refused by the node %s", async (_what, change, code) => {
      const reply = await (await put(gateway.city, question(change)))();
      const [, payload = ""] = (await reply.body.text()).split(".");
      expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
        status: "refused",
        records: [],
        refusal: { code },
      });
    });
  });

  it("needs the local token", async () => {
    const reply = await agents.baoan.ask(lookup(), { authorization: "Bearer wrong" });
    expect(reply).toMatchObject({ status: 401, body: { code: "local.unauthorised", hop: "sz-baoan" } });
  });
});
