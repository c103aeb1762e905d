import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createParty,
  type PlacedNode,
  placeNode,
  prepare,
  prepareAgent,
  type RunningAgent,
  readLog,
  sampleLookup,
  send,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const asker = createParty({ node: "sz-baoan", role: "district" });

describe("the registry", () => {
  let dg: PlacedNode;
  let gateway: TestGateway;
  let agent: RunningAgent | undefined;

  beforeEach(async () => {
    dg = await placeNode("dg", "441900");
    agent = undefined;
  });

  afterEach(async () => {
    await Promise.all([agent?.close(), gateway.close(), dg.fake.close()]);
  });

  it("reaches every member without a restart: who is admitted is asked, who is suspended may not ask", async () => {
    const prepared = await prepareAgent({ node: "sz-longgang", role: "district" });
    gateway = await startGateway([prepared.party]);
    agent = await prepared.start([], gateway);
    const ask = async () => (await agent?.ask(sampleLookup()))?.body;
    expect(openedExchangeSchema.parse(await ask()).results).toEqual([]);

    await gateway.setMembers([prepared.party, dg.party]);
    await agent.agent.reload();
    expect(openedExchangeSchema.parse(await ask())).toMatchObject({
      complete: true,
      results: [{ node: "dg", status: "none" }],
    });

    const { party } = prepared;
    await gateway.setMembers([{ ...party, member: { ...party.member, status: "suspended" } }, dg.party]);
    expect(await ask()).toMatchObject({ code: "policy.member-not-active" });
    const taken = (await readLog(gateway)).filter(({ kind }) => kind === "registry.taken");
    expect(taken).toMatchObject([{ version: 1 }, { version: 2 }, { version: 3 }]);
  });

  it("is taken by the gateway as it is published, with nobody telling it", async () => {
    gateway = await startGateway([asker]);
    const version = async () => (await get("/v1/registry/2")).status;
    expect(await version()).toBe(404);
    await gateway.publish([asker, dg.party]);
    await expect.poll(version, { timeout: 20_000 }).toBe(200);
  });

  it("is served once as it is, then as unchanged; and each version for ever", async () => {
    gateway = await startGateway([asker]);
    const newest = await get("/v1/registry");
    expect(newest).toMatchObject({ status: 200, type: "application/jose", cache: "no-cache" });
    expect(await get("/v1/registry", { "if-none-match": newest.etag })).toMatchObject({
      status: 304,
      text: "",
    });
    expect(await get("/v1/registry/1")).toMatchObject({
      status: 200,
      text: newest.text,
      cache: "public, max-age=31536000, immutable",
    });
    for (const path of ["/v1/registry/2", "/v1/registry/0", "/v1/registry/1e0", "/v1/registry/..%2f1"])
      expect((await get(path)).status, path).toBe(404);
  });

  it("is not taken from a proxy that changes it, and what was held goes on counting", async () => {
    const prepared = await prepareAgent({ node: "sz-longgang", role: "district" });
    gateway = await startGateway([prepared.party, dg.party]);
    const honest = await get("/v1/registry");
    const [header, payload = "", signature] = honest.text.split(".");
    const document = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...document, grace: 1 })).toString("base64url");
    let served = honest.text;
    const proxy = await serve(async (path) => (path === "/v1/registry" ? served : (await get(path)).text));
    agent = await prepared.start([], { origin: proxy.origin, registryKeyId: gateway.registryKeyId });
    served = `${header}.${forged}.${signature}`;
    await agent.agent.reload();
    expect(agent.lines.join("")).toContain('"code":"registry.signature-invalid"');
    const metrics = await request(`${prepared.localOrigin}/metrics`);
    expect(await metrics.body.text()).toContain("xinqiao_agent_registry_version 1\n");
    proxy.server.close();
  });

  it("lists what cities have agreed on: who has no agreement is refused, until there is one and after its end", async () => {
    const day = 86_400_000;
    let clock = Date.now();
    const iso = (at: number) => new Date(at).toISOString();
    const between = ["4403", "4419"];
    const agreement = { between, purposes: "all", notBefore: iso(clock), notAfter: iso(clock + day / 2) };
    const asking = { ...asker, member: { ...asker.member, division: "440306" } };
    const answering = { ...dg.party, member: { ...dg.party.member, division: "441900" } };
    gateway = await startGateway([asking, answering], {}, { now: () => clock });
    const lookUp = async () =>
      (await send(await prepare(asking, gateway, sampleLookup(), { now: clock }))).code;
    expect(await lookUp(), "none is asked for").toBeUndefined();
    await gateway.setMembers([asking, answering], { agreements: [] });
    expect(await lookUp()).toBe("policy.no-agreement");
    await gateway.setMembers([asking, answering], { agreements: [agreement] });
    expect(await lookUp()).toBeUndefined();
    clock += day / 2;
    expect(await lookUp()).toBe("policy.no-agreement");
  });

  it("past its end and its grace leaves nobody known: nothing is asked or answered", async () => {
    const days = 86_400_000;
    let clock = Date.now();
    gateway = await startGateway([asker, dg.party], {}, { now: () => clock });
    const lookUp = async () => send(await prepare(asker, gateway, sampleLookup(), { now: clock }));
    expect((await lookUp()).status).toBe(200);
    clock += 1.5 * days;
    expect((await lookUp()).status, "flagged, and still used").toBe(200);
    clock += days;
    expect(await lookUp()).toMatchObject({ status: 503, code: "registry.expired" });
    expect(dg.fake.asked).toBe(2);
  });

  async function get(path: string, headers: Record<string, string> = {}) {
    const reply = await request(`${gateway.origin}${path}`, { headers });
    const { etag, "content-type": type, "cache-control": cache } = reply.headers;
    return { status: reply.statusCode, text: await reply.body.text(), etag: String(etag), type, cache };
  }
});

async function serve(
  textOf: (path: string) => Promise<string>,
): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer(async (request, response) => response.end(await textOf(request.url ?? "")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, origin: `http://127.0.0.1:${port}` };
}
