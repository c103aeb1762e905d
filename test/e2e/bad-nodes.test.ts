import type { Exchange, ResultRow } from "@xinqiao/protocol/exchange";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  ask,
  type Behaviour,
  createParty,
  type FakeNode,
  freePort,
  hanging,
  noneAnswer,
  type Party,
  sampleLookup,
  saying,
  startFakeNode,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

/** One healthy node (東莞) beside one that misbehaves (惠州): the healthy one's row is untouched. */
describe("one bad node", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
  let healthy: FakeNode;
  let bad: FakeNode;
  let dg: Party;
  let hz: Party;
  let gateway: TestGateway;

  beforeEach(async () => {
    healthy = await startFakeNode(hanging);
    bad = await startFakeNode(hanging);
    dg = createParty({
      node: "dg",
      role: "neighbour-city",
      jurisdiction: "441900",
      endpoint: healthy.origin,
    });
    hz = createParty({ node: "hz", role: "neighbour-city", jurisdiction: "441300", endpoint: bad.origin });
    healthy.become(answering("dg", dg.signer));
    gateway = await startGateway([asker, dg, hz]);
  });

  afterEach(async () => {
    await Promise.all([gateway.close(), healthy.close(), bad.close()]);
  });

  const rowsOf = (exchange: Exchange): { good: ResultRow | undefined; faulty: ResultRow | undefined } => ({
    good: exchange.results.find(({ node }) => node === "dg"),
    faulty: exchange.results.find(({ node }) => node === "hz"),
  });

  const lookup = (deadlineMs = 2_000) => ask(asker, gateway, sampleLookup({ deadlineMs }));

  const cases: readonly { name: string; behaviour: () => Behaviour; status: string; code: string }[] = [
    { name: "hangs", behaviour: () => hanging, status: "timeout", code: "node.timeout" },
    {
      name: "answers garbage",
      behaviour: () => saying(200, "application/jose", "not a signed answer"),
      status: "error",
      code: "answer.malformed",
    },
    {
      name: "answers a page",
      behaviour: () => saying(200, "text/html", "<html>login</html>"),
      status: "error",
      code: "answer.malformed",
    },
    {
      name: "fails",
      behaviour: () => saying(500, "text/plain", "oops"),
      status: "error",
      code: "node.status",
    },
    {
      name: "rejects",
      behaviour: () => saying(404, "text/plain", "no"),
      status: "error",
      code: "node.rejected",
    },
    {
      name: "signs with a key nobody knows",
      behaviour: () => answering("hz", createParty({ node: "hz", role: "neighbour-city" }).signer),
      status: "error",
      code: "answer.key-unknown",
    },
    {
      name: "signs with another member's key",
      behaviour: () => answering("hz", dg.signer),
      status: "error",
      code: "answer.key-of-another-member",
    },
    {
      name: "answers for another request",
      behaviour: () =>
        answering("hz", hz.signer, (answer) => ({ ...answer, jti: "00000000-0000-4000-8000-000000000000" })),
      status: "error",
      code: "answer.for-another-request",
    },
    {
      name: "answers for another requester",
      behaviour: () => answering("hz", hz.signer, (answer) => ({ ...answer, aud: answer.iss })),
      status: "error",
      code: "answer.for-another-request",
    },
    {
      name: "sends an answer that has expired",
      behaviour: () => answering("hz", hz.signer, (answer) => ({ ...answer, iat: 1_000, exp: 1_300 })),
      status: "error",
      code: "answer.expired",
    },
    {
      name: "says ok without a record",
      behaviour: () => answering("hz", hz.signer, (answer) => ({ ...answer, status: "ok" })),
      status: "error",
      code: "answer.malformed",
    },
    {
      name: "tampers with what it signed",
      behaviour: () => async (question, response) => {
        const chunks: string[] = [];
        const end = response.end.bind(response);
        await answering("hz", hz.signer)(
          question,
          Object.assign(response, { end: (text: string) => chunks.push(text) }),
        );
        const [header, payload, signature] = chunks.join("").split(".");
        const changed = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
        const forged = Buffer.from(JSON.stringify({ ...changed, asOf: "2026-01-01T00:00:00.000Z" }));
        end(`${header}.${forged.toString("base64url")}.${signature}`);
      },
      status: "error",
      code: "answer.signature-invalid",
    },
  ];

  it.each(cases)(
    "names the cause when it $name, and leaves the other row alone",
    async ({ behaviour, status, code }) => {
      bad.become(behaviour());
      const exchange = await lookup();
      const { good, faulty } = rowsOf(exchange);
      expect(exchange.results).toHaveLength(2);
      expect(exchange.complete).toBe(false);
      expect(faulty).toMatchObject({ jurisdiction: "441300", node: "hz", status, code });
      expect(faulty).not.toHaveProperty("answer");
      expect(good).toMatchObject({ jurisdiction: "441900", status: "none" });
      expect(good?.answer).toBeTypeOf("string");
    },
  );

  it("names a refused connection", async () => {
    await gateway.setMembers([
      asker,
      dg,
      { ...hz, member: { ...hz.member, endpoint: `http://127.0.0.1:${await freePort()}` } },
    ]);
    const { good, faulty } = rowsOf(await lookup());
    expect(faulty).toMatchObject({ status: "error", code: "node.unreachable" });
    expect(good).toMatchObject({ status: "none" });
  });

  it("gives up on a hung node in time to answer before the deadline", async () => {
    const given: number[] = [];
    bad.become(({ remainingMs }) => void given.push(remainingMs));
    const { good, faulty } = rowsOf(await lookup(1_000));
    expect(faulty).toMatchObject({ status: "timeout" });
    expect(good).toMatchObject({ status: "none" });
    expect(given).toHaveLength(1);
    expect(given[0], "a part is kept back for the outcome and the signature").toBeLessThanOrEqual(950);
  });

  it("marks data older than asked as stale, with the answer beside it", async () => {
    bad.become(answering("hz", hz.signer, (answer) => ({ ...answer, asOf: "2026-01-01T00:00:00.000Z" })));
    const exchange = await ask(asker, gateway, sampleLookup({ maxAgeSeconds: 3600 }));
    const { good, faulty } = rowsOf(exchange);
    expect(faulty).toMatchObject({
      status: "stale",
      code: "answer.data-too-old",
      asOf: "2026-01-01T00:00:00.000Z",
    });
    expect(faulty?.answer).toBeTypeOf("string");
    expect(good).toMatchObject({ status: "none" });
    expect(exchange.complete).toBe(false);
  });

  it("passes a node's signed refusal on and counts it as answered", async () => {
    bad.become(async (question, response) => {
      const { asOf: _asOf, ...answer } = noneAnswer("hz", question);
      const refusal = { code: "policy.node-refuses-member" as const, rule: "node-accepts-member" };
      await answering("hz", hz.signer, () => ({ ...answer, status: "refused", refusal }))(question, response);
    });
    const exchange = await lookup();
    expect(rowsOf(exchange).faulty).toMatchObject({ status: "refused", code: "policy.node-refuses-member" });
    expect(exchange.complete).toBe(true);
  });
});
