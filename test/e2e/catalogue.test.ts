import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  baseCatalogue,
  catalogueType,
  itemSchema,
  type Purpose,
  purposeSchema,
} from "@xinqiao/protocol/catalogue";
import { type OpenedExchange, openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { signCompact } from "@xinqiao/protocol/jws";
import { request } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  createParty,
  csv,
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
} from "../constellation/index.ts";
import { programFile } from "../programs/index.ts";

const base = baseCatalogue();

/** A purpose nobody had yet: whether there is a penalty. */
function newPurpose(change: object = {}): Purpose {
  return purposeSchema.parse({
    code: "venue-hire",
    name: { zh: "场地租用审查", en: "Venue hire review" },
    legalBasis: "示例依据",
    items: ["penalty"],
    subjectKinds: ["enterprise"],
    jurisdictions: "all",
    authorisation: false,
    status: "live",
    ...change,
  });
}
const codeOf = (item: string | { readonly code: string }) => (typeof item === "string" ? item : item.code);
const withPurpose = (change: object = {}) => ({ purposes: [...base.purposes, newPurpose(change)] });

describe("a catalogue that is published", () => {
  let gateway: TestGateway;
  let holder: PreparedAgent;
  let agents: RunningAgent[];

  beforeEach(async () => {
    const rows = [penaltyRow(sampleUscc, "示罚〔2025〕1号")];
    holder = await prepareAgent(
      { node: "sz-baoan", role: "district", jurisdiction: "440306" },
      { "penalty.csv": csv(rows) },
    );
    agents = [];
  });

  afterEach(async () => {
    await Promise.all([...agents.map((agent) => agent.close()), gateway.close()]);
  });

  it("reaches gateway and members without a restart, and the new purpose is used", async () => {
    const prepared = await prepareAgent({ node: "sz-longgang", role: "district" });
    gateway = await startGateway([holder.party, prepared.party]);
    agents = [await holder.start([], gateway), await prepared.start([], gateway)];
    const ask = async () => (await agents[1]?.ask(sampleLookup({ purpose: "venue-hire" })))?.body;
    const row = async (): Promise<OpenedExchange["results"][number] | undefined> =>
      openedExchangeSchema.parse(await ask()).results[0];
    const follow = () => Promise.all(agents.map(({ agent }) => agent.reload()));
    expect(await ask()).toMatchObject({ code: "lookup.purpose-unknown" });

    await gateway.setCatalogue(withPurpose({ answers: "yes-no" }));
    await follow();
    expect(await row()).toMatchObject({ status: "ok", records: [], held: ["penalty"] });

    await gateway.setCatalogue(withPurpose({ needs: { penalty: { only: ["CF_WSH"] } } }));
    await follow();
    const shown = await row();
    expect(shown).toMatchObject({ status: "ok", records: [{ fields: { CF_WSH: "示罚〔2025〕1号" } }] });
    expect(Object.keys(shown?.records[0]?.fields ?? {})).toEqual(["CF_WSH"]);
    expect(shown?.records[0]?.catalogueVersion, "as it was when the file came").toBe(1);
    expect(shown).not.toHaveProperty("held");

    await gateway.setCatalogue(withPurpose({ validUntil: "2026-01-01" }));
    expect(await ask()).toMatchObject({ code: "policy.purpose-not-live" });
    const taken = (await readLog(gateway)).filter(({ kind }) => kind === "catalogue.taken");
    expect(taken).toMatchObject([{ version: 1 }, { version: 2 }, { version: 3 }, { version: 4 }]);
  });

  it("may be of a city's size: 735 items and 948 purposes", async () => {
    gateway = await startGateway([holder.party]);
    agents = [await holder.start([], gateway)];
    const items = Array.from({ length: 735 - base.items.length }, (_, at) =>
      itemSchema.parse({ ...base.items[at % base.items.length], code: `item-${at}` }),
    );
    const purposes = Array.from({ length: 948 - base.purposes.length }, (_, at) =>
      newPurpose({
        code: `purpose-${at}`,
        items: ["penalty", ...items.slice(at % 600, (at % 600) + 40)].map(codeOf),
      }),
    );
    const content = { items: [...base.items, ...items], purposes: [...base.purposes, ...purposes] };
    await gateway.setCatalogue(content);
    await agents[0]?.agent.reload();
    const { body } = (await agents[0]?.ask(sampleLookup({ purpose: "purpose-900" }))) ?? {};
    expect(openedExchangeSchema.parse(body).results).toMatchObject([{ status: "ok" }]);
  });

  it("lets no node say more than the purpose may know, whatever the node believes", async () => {
    gateway = await startGateway([holder.party]);
    agents = [await holder.start([], gateway)];
    const asker = createParty({ node: "sz-longgang", role: "district" });
    await gateway.setMembers([holder.party, asker]);
    await gateway.setCatalogue(withPurpose());
    await agents[0]?.agent.reload();
    const rowOf = async () => {
      const prepared = await prepare(asker, gateway, sampleLookup({ purpose: "venue-hire" }));
      return JSON.parse((await send(prepared)).text).results[0];
    };
    expect(await rowOf()).toMatchObject({ status: "ok" });
    // The node has not followed yet: it goes on giving what it may give no more.
    await gateway.setCatalogue(withPurpose({ needs: { penalty: { only: ["CF_WSH"] } } }));
    for (let times = 0; times < 8; times += 1) {
      expect(await rowOf(), "and it is no reason to ask it no more").toMatchObject({
        status: "error",
        code: "answer.not-asked",
      });
    }
    await agents[0]?.agent.reload();
    expect(await rowOf()).toMatchObject({ status: "ok" });
  });
});

describe("the catalogue on its way", () => {
  const asker = createParty({ node: "sz-baoan", role: "district" });
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

  it("is taken by the gateway as it is published, with nobody telling it", async () => {
    gateway = await startGateway([asker]);
    const version = async () => (await get("/v1/catalogue/2")).status;
    expect(await version()).toBe(404);
    await gateway.publishCatalogue(withPurpose());
    await expect.poll(version, { timeout: 20_000 }).toBe(200);
  });

  it("is served once as it is, then as unchanged; and each version for ever", async () => {
    gateway = await startGateway([asker]);
    const newest = await get("/v1/catalogue");
    expect(newest).toMatchObject({ status: 200, type: "application/jose", cache: "no-cache" });
    expect(await get("/v1/catalogue", { "if-none-match": newest.etag })).toMatchObject({
      status: 304,
      text: "",
    });
    await gateway.setCatalogue(withPurpose());
    expect(await get("/v1/catalogue", { "if-none-match": newest.etag })).toMatchObject({ status: 200 });
    expect(await get("/v1/catalogue/1")).toMatchObject({
      status: 200,
      text: newest.text,
      cache: "public, max-age=31536000, immutable",
    });
    for (const path of ["/v1/catalogue/3", "/v1/catalogue/0", "/v1/catalogue/1e0"])
      expect((await get(path)).status, path).toBe(404);
  });

  it("is not taken from a proxy that changes it, goes back or forks, nor when it is no catalogue", async () => {
    const prepared = await prepareAgent({ node: "sz-longgang", role: "district" });
    gateway = await startGateway([prepared.party, dg.party]);
    const first = await get("/v1/catalogue");
    await gateway.setCatalogue(withPurpose());
    const newest = await get("/v1/catalogue");
    let served = newest.text;
    const proxy = await serve(async (path) => (path === "/v1/catalogue" ? served : (await get(path)).text));
    agent = await prepared.start([], { origin: proxy.origin, registryKeyId: gateway.registryKeyId });
    const [header, payload = "", signature] = newest.text.split(".");
    const document = JSON.parse(Buffer.from(payload, "base64url").toString());
    const next = { ...document, version: 3, prev: first.etag.slice(1, -1) };
    const signed = (change: object) =>
      signCompact(Buffer.from(JSON.stringify({ ...next, ...change })), catalogueType, gateway.registrySigner);
    const forged = Buffer.from(JSON.stringify({ ...document, purposes: [] })).toString("base64url");
    const [item] = document.items;
    const within = { ...document.classes[0], parent: document.classes[0].code };
    for (const [text, code] of [
      [`${header}.${forged}.${signature}`, "catalogue.signature-invalid"],
      [first.text, "catalogue.rolled-back"],
      [await signed({}), "catalogue.forked"],
      [await signed({ colour: "red" }), "catalogue.malformed"],
      [await signed({ items: [{ ...item, colour: "red" }] }), "catalogue.malformed"],
      [await signed({ classes: [within, ...document.classes.slice(1)] }), "catalogue.unsound"],
    ] as const) {
      served = text;
      await agent.agent.reload();
      expect(agent.lines.at(-1), code).toContain(`"code":"${code}"`);
    }
    const metrics = await request(`${prepared.localOrigin}/metrics`);
    expect(await metrics.body.text()).toContain("xinqiao_agent_catalogue_version 2\n");
    proxy.server.close();
  });

  it("may want a newer registry for a purpose than the registry itself allows", async () => {
    const days = 86_400_000;
    let clock = Date.now();
    gateway = await startGateway([asker, dg.party], {}, { now: () => clock });
    await gateway.setCatalogue(withPurpose({ graceSeconds: 60 }));
    dg.fake.become(answering("dg", dg.party.signer));
    const lookUp = async (purpose: string) =>
      send(await prepare(asker, gateway, sampleLookup({ purpose }), { now: clock }));
    expect((await lookUp("venue-hire")).status).toBe(200);
    clock += 1.5 * days;
    expect((await lookUp("bid-review")).status, "flagged, and still used").toBe(200);
    expect(await lookUp("venue-hire")).toMatchObject({ status: 503, code: "registry.expired" });
  });

  async function get(path: string, headers: Record<string, string> = {}) {
    const reply = await request(`${gateway.origin}${path}`, { headers });
    const { etag, "content-type": type, "cache-control": cache } = reply.headers;
    return { status: reply.statusCode, text: await reply.body.text(), etag: String(etag), type, cache };
  }
});

describe("two operators", () => {
  const main = programFile("gateway");
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [main, ...args]);

  it("who publish at once: one is told, and the other's version is there whole", async () => {
    const folder = await mkdtemp(join(tmpdir(), "xinqiao-operators-"));
    const home = join(folder, "sz");
    const names = ["--name-zh", "示例市", "--name-en", "Example City"];
    await run("init", "--home", home, "--node", "sz", "--division", "440300", ...names);
    const draft = join(folder, "draft.json");
    await writeFile(draft, (await run("catalogue", "export", "--home", home)).stdout);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 2 }, () => run("catalogue", "publish", draft, "--home", home)),
    );
    const told = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [String(outcome.reason)] : [],
    );
    expect(told).toEqual([expect.stringMatching(/published meanwhile|published since/)]);
    expect((await readdir(join(home, "catalogue"))).sort()).toEqual(["1.jws", "2.jws"]);
    expect((await run("catalogue", "diff", draft, "--home", home)).stdout).toContain("nothing changes");
    await rm(folder, { recursive: true, force: true });
  });
});

async function serve(
  textOf: (path: string) => Promise<string>,
): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer(async (incoming, response) => response.end(await textOf(incoming.url ?? "")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, origin: `http://127.0.0.1:${port}` };
}
