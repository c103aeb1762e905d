import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Answer,
  lookupSchema,
  openedExchangeSchema,
  type ResultRow,
  signAnswer,
} from "@xinqiao/protocol/exchange";
import { fieldReader, signResponse } from "@xinqiao/protocol/signing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createParty,
  noneAnswer,
  type PreparedAgent,
  prepareAgent,
  type RunningAgent,
  sampleLookup,
} from "../constellation/index.ts";

type Rows = readonly Record<string, unknown>[];

/** A city that has turned against its members: it signs whatever the test wants it to say. */
describe("a gateway that forges rows", () => {
  const city = createParty({ node: "sz", role: "city" });
  const dg = createParty({
    node: "dg",
    role: "neighbour-city",
    jurisdiction: "441900",
    endpoint: "http://127.0.0.1:9",
  });
  const hz = createParty({
    node: "hz",
    role: "neighbour-city",
    jurisdiction: "441300",
    endpoint: "http://127.0.0.1:9",
  });
  let forge: (answerOf: (party: typeof dg, change?: Partial<Answer>) => Promise<string>) => Promise<Rows>;
  let server: Server;
  let prepared: PreparedAgent;
  let agent: RunningAgent;

  beforeAll(async () => {
    prepared = await prepareAgent({ node: "sz-baoan", role: "district" });
    server = createServer((request, response) => {
      // It knows of nothing but lookups.
      if (request.url !== "/v1/lookups") {
        response.writeHead(404).end();
        return;
      }
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", async () => {
        const lookup = lookupSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
        const exchange = String(request.headers["x-request-id"]);
        const results = await forge((party, change) => {
          const question = {
            exchange,
            requester: prepared.party.member.node,
            remainingMs: 1,
            subject: lookup.subject,
            items: lookup.items ?? [],
            purpose: lookup.purpose,
          };
          const jurisdiction = party.member.jurisdiction ?? dg.member.jurisdiction;
          if (jurisdiction === undefined) throw new Error("no jurisdiction");
          return signAnswer(
            { ...noneAnswer(party.member.node, { ...question, jurisdiction }), ...change },
            party.signer,
          );
        });
        const log = { origin: "sz", intent: 0, outcome: 1, size: 2, root: "" };
        const body = Buffer.from(JSON.stringify({ exchange, complete: true, results, log }));
        const head = {
          method: "POST",
          targetUri: `http://${request.headers.host}/v1/lookups`,
          field: fieldReader(request.headers),
        };
        const headers = await signResponse(
          { status: 200, body, contentType: "application/json", request: head },
          { signer: city.signer, now: Date.now(), nonce: "0123456789abcdefghijkl" },
        );
        response.writeHead(200, headers).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const members = [city, prepared.party, dg, hz].map(({ member }) => member);
    agent = await prepared.start(members, { origin: `http://127.0.0.1:${port}` });
  });

  afterAll(async () => {
    await agent.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const asOf = "2026-01-01T00:00:00.000Z";
  const row = (change: object): Record<string, unknown> => ({
    jurisdiction: "441900",
    node: "dg",
    latencyMs: 1,
    ...change,
  });
  const ask = async (jurisdictions: unknown = ["441900"]) => agent.ask(sampleLookup({ jurisdictions }));
  const opened = async (): Promise<{ complete: boolean; first: Omit<ResultRow, "answer"> | undefined }> => {
    const reply = await ask();
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    const { complete, results } = openedExchangeSchema.parse(reply.body);
    return { complete, first: results[0] };
  };

  it("is believed when it hands on what the node signed", async () => {
    forge = async (answerOf) => [row({ status: "none", asOf, answer: await answerOf(dg, { asOf }) })];
    expect(await opened()).toMatchObject({ complete: true, first: { status: "none", asOf } });
  });

  it.each(["ok", "none", "refused", "stale"])(
    "is not believed when it says %s without an answer",
    async (status) => {
      forge = async () => [row({ status, asOf })];
      expect(await opened()).toMatchObject({
        complete: false,
        first: { status: "error", code: "answer.malformed" },
      });
    },
  );

  it("is not believed about how fresh an answer is", async () => {
    forge = async (answerOf) => [
      row({ status: "none", asOf: new Date().toISOString(), answer: await answerOf(dg, { asOf }) }),
    ];
    expect(await opened()).toMatchObject({
      complete: false,
      first: { status: "error", code: "answer.malformed" },
    });
  });

  it("cannot pass old data for data of the age asked for", async () => {
    forge = async (answerOf) => [row({ status: "none", asOf, answer: await answerOf(dg, { asOf }) })];
    const reply = await agent.ask(sampleLookup({ jurisdictions: ["441900"], maxAgeSeconds: 3_600 }));
    expect(openedExchangeSchema.parse(reply.body)).toMatchObject({
      complete: false,
      results: [{ status: "stale", code: "answer.data-too-old", asOf }],
    });
  });

  it("cannot hide that a node does not hold what was asked", async () => {
    const gaps = [{ item: "penalty", reason: "not-held" }] as unknown as NonNullable<Answer["gaps"]>;
    forge = async (answerOf) => [row({ status: "none", asOf, answer: await answerOf(dg, { asOf, gaps }) })];
    expect(await opened()).toMatchObject({ complete: false, first: { status: "error" } });
    forge = async (answerOf) => [
      row({ status: "none", asOf, gaps, answer: await answerOf(dg, { asOf, gaps }) }),
    ];
    expect(await opened()).toMatchObject({ complete: false, first: { status: "none", gaps } });
  });

  it("cannot let one member answer for another's jurisdiction", async () => {
    forge = async (answerOf) => [
      row({
        node: "hz",
        status: "none",
        asOf,
        answer: await answerOf(hz, {
          asOf,
          ...(dg.member.jurisdiction && { jurisdiction: dg.member.jurisdiction }),
        }),
      }),
    ];
    expect(await opened()).toMatchObject({
      complete: false,
      first: { status: "error", code: "answer.key-of-another-member" },
    });
  });

  it("cannot call an exchange complete that is not", async () => {
    forge = async () => [row({ status: "timeout", code: "node.timeout" })];
    expect(await opened()).toMatchObject({ complete: false, first: { status: "timeout" } });
  });

  it.each([
    ["drops a row", ["441900", "441300"]],
    ["answers for another jurisdiction than asked", ["441300"]],
  ])("is refused whole when it %s", async (_what, jurisdictions) => {
    forge = async (answerOf) => [row({ status: "none", asOf, answer: await answerOf(dg, { asOf }) })];
    expect(await ask(jurisdictions)).toMatchObject({
      status: 502,
      body: { code: "gateway.response-invalid" },
    });
  });

  it("is refused whole when it answers twice for one jurisdiction", async () => {
    forge = async (answerOf) => {
      const answer = await answerOf(dg, { asOf });
      return [row({ status: "none", asOf, answer }), row({ status: "none", asOf, answer })];
    };
    expect(await ask("all")).toMatchObject({ status: 502, body: { code: "gateway.response-invalid" } });
  });
});
