import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readEntries } from "@xinqiao/gateway";
import { verifyBundle } from "@xinqiao/protocol/bundle";
import { openedExchangeSchema } from "@xinqiao/protocol/exchange";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { importSigner, privateJwkSchema } from "@xinqiao/protocol/keys";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  askLocally,
  csv,
  type Installation,
  installAgent,
  installGateway,
  penaltyRow,
  prepare,
  sampleLookup,
  sampleUscc,
  send,
} from "../constellation/index.ts";

const names = ["--name-zh", "示例", "--name-en", "Example"];

async function enrolAt(city: Installation, node: string, ...more: string[]): Promise<Installation> {
  const agent = await installAgent(await city.run("members", "invite", node, ...names, ...more));
  const { fingerprint } = JSON.parse(await agent.run("enrol", "--json"));
  await city.run("members", "approve", node, "--fingerprint", fingerprint);
  return agent;
}

/** Two cities, each with its own gateway, registry and log, and a member each; on real processes. */
describe("two cities", () => {
  let shenzhen: Installation;
  let dongguan: Installation;
  let baoan: Installation;
  let songshanhu: Installation;

  const installations = () => [shenzhen, dongguan, baoan, songshanhu];
  const approve = async (at: Installation, city: string, other: Installation, ...more: string[]) => {
    const key = await other.run("registry", "key");
    return at.run("peers", "add", city, "--origin", other.origin, "--keys", key, ...more);
  };
  const lookUp = async (from: Installation, change: object = {}): Promise<object> =>
    Object(await askLocally(from, sampleLookup({ jurisdictions: ["dg-songshanhu"], ...change })));
  const rowsOf = async (from: Installation, change: object = {}) => {
    const { body } = Object(await lookUp(from, change));
    return openedExchangeSchema.safeParse(body).data?.results ?? body;
  };

  beforeAll(async () => {
    shenzhen = await installGateway("sz", "440300");
    dongguan = await installGateway("dg-city", "441900");
    for (const city of [shenzhen, dongguan]) {
      const file = join(city.home, "gateway.json");
      await writeFile(
        file,
        JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), peerRefreshSeconds: 1 }),
      );
      await city.serve();
    }
    baoan = await enrolAt(shenzhen, "sz-baoan", "--division", "440306", "--jurisdiction", "440306");
    songshanhu = await enrolAt(
      dongguan,
      "dg-songshanhu",
      "--division",
      "441900",
      "--jurisdiction",
      "dg-songshanhu",
    );
    const file = join(songshanhu.home, "penalty.csv");
    await writeFile(file, csv([penaltyRow(sampleUscc, "东示罚〔2025〕1号")]));
    await songshanhu.run("import", file);
    await Promise.all([baoan.serve(), songshanhu.serve()]);
  });
  afterAll(() => Promise.all(installations().map((each) => each?.close())));

  it("know nothing of each other before they have agreed", async () => {
    expect(await lookUp(baoan)).toMatchObject({ status: 422, body: { code: "lookup.jurisdiction-unknown" } });
  });

  it("do not pass on what only one of them has approved", async () => {
    await approve(shenzhen, "dg-city", dongguan, "--divisions", "4419", "--jurisdictions", "dg-songshanhu");
    await expect
      .poll(() => rowsOf(baoan), { timeout: 30_000, interval: 200 })
      .toMatchObject([
        { node: "dg-songshanhu", via: "dg-city", status: "error", code: "signature.key-unknown" },
      ]);
  });

  it("answer each other's members through both gateways, signed by the node that answers", async () => {
    await approve(dongguan, "sz", shenzhen, "--divisions", "4403");
    await expect
      .poll(() => rowsOf(baoan), { timeout: 30_000, interval: 200 })
      .toMatchObject([
        {
          jurisdiction: "dg-songshanhu",
          node: "dg-songshanhu",
          via: "dg-city",
          status: "ok",
          records: [{ item: "penalty", subjectName: "示例科技有限公司" }],
        },
      ]);
    await expect
      .poll(() => rowsOf(songshanhu, { jurisdictions: ["440306"] }), { timeout: 30_000, interval: 200 })
      .toMatchObject([{ node: "sz-baoan", via: "sz", status: "refused", code: "source.item-not-held" }]);
  });

  it("both have it in their logs: who asked, through whom, and what was said", async () => {
    const last = (city: Installation, kind: string) =>
      readEntries(join(city.home, "log.db"))
        .filter((entry) => entry.kind === kind)
        .at(-1);
    await rowsOf(baoan);
    const [asked, passed] = [last(shenzhen, "lookup.intent"), last(dongguan, "lookup.intent")];
    expect(asked).toMatchObject({ actor: "sz-baoan", targets: ["dg-songshanhu"] });
    expect(passed).toMatchObject({ actor: "sz", requester: "sz-baoan", targets: ["dg-songshanhu"] });
    expect(passed?.exchange).toBe(asked?.exchange);
    expect(last(shenzhen, "lookup.outcome")).toMatchObject({
      exchange: asked?.exchange,
      rows: [{ node: "dg-songshanhu", via: "dg-city", status: "ok" }],
    });
    expect(last(shenzhen, "peer.taken")).toMatchObject({ city: "dg-city" });
  });

  it("is proved by a bundle that holds the other city's registry too", async () => {
    await rowsOf(baoan);
    const intents = readEntries(join(shenzhen.home, "log.db")).filter(({ kind }) => kind === "lookup.intent");
    const exchange = intents.at(-1)?.exchange ?? "";
    const proved = async (city: Installation) => {
      const text = await city.run("log", "prove", exchange);
      const { findings } = verifyBundle(text, await city.run("log", "key"));
      return findings.map(({ kind, en }) => `${kind}: ${en}`).join("\n");
    };
    const provedWhole = (city: Installation) =>
      vi.waitFor(
        async () => {
          const findings = await proved(city);
          expect(findings).not.toContain("wrong:");
          expect(findings).toContain("the response was signed by");
          return findings;
        },
        { timeout: 20_000, interval: 300 },
      );
    const answered =
      "proved: the answer for dg-songshanhu was signed by dg-songshanhu with a key then listed: ok";
    const [asking, answering] = await Promise.all([provedWhole(shenzhen), provedWhole(dongguan)]);
    expect(asking).toContain(answered);
    expect(asking).toMatch(/version \d+ of dg-city's registry counted/);
    expect(asking).toContain("the request was signed by sz-baoan with a key then listed");
    expect(answering).toContain(answered);
    expect(answering).toMatch(/version \d+ of sz's registry counted/);
    expect(answering).toContain("the request was signed by sz with a key then listed");
  }, 60_000);

  it("pass nothing on that was passed to them: whatever they ask of each other ends there", async () => {
    const codes = await Promise.all([
      // Dongguan is asked by Shenzhen for a place of Shenzhen's own: a loop, if it passed that on.
      passOn(shenzhen, "sz", dongguan, "dg-city", { requester: "sz-baoan", jurisdiction: "440306" }),
      passOn(shenzhen, "sz", dongguan, "dg-city", {
        requester: "dg-songshanhu",
        jurisdiction: "dg-songshanhu",
      }),
      passOn(baoan, "sz-baoan", dongguan, "dg-city", {
        requester: "sz-baoan",
        jurisdiction: "dg-songshanhu",
      }),
      passOn(baoan, "sz-baoan", shenzhen, "sz", { requester: "sz-baoan", jurisdiction: "440306" }),
    ]);
    expect(codes).toEqual([
      "lookup.jurisdiction-unknown",
      "peer.requester-not-theirs",
      "peer.not-a-peer",
      "peer.not-a-peer",
    ]);
  });

  it("answer nobody of the other city who comes past its gateway, nor that gateway for itself", async () => {
    const lookup = sampleLookup({ jurisdictions: ["dg-songshanhu"] });
    expect(await askAs(baoan, "sz-baoan", dongguan, "dg-city", lookup, "/v1/lookups")).toBe(
      "signature.key-unknown",
    );
    expect(
      await passOn(shenzhen, "sz", dongguan, "dg-city", { requester: "sz", jurisdiction: "dg-songshanhu" }),
    ).toBe("peer.requester-not-theirs");
  });

  it("answer no member of a role that was not agreed on", async () => {
    await approve(dongguan, "sz", shenzhen, "--divisions", "4403", "--roles", "credit-user");
    await expect
      .poll(() => rowsOf(baoan), { timeout: 30_000, interval: 200 })
      .toMatchObject([{ via: "dg-city", status: "error", code: "peer.requester-not-theirs" }]);
    await approve(dongguan, "sz", shenzhen, "--divisions", "4403");
    await expect
      .poll(() => rowsOf(baoan), { timeout: 30_000, interval: 200 })
      .toMatchObject([{ status: "ok" }]);
  });

  it("say what became of it there: a node that is away is a row, and the others stand", async () => {
    await songshanhu.stop();
    expect(await rowsOf(baoan, { jurisdictions: ["440306", "dg-songshanhu"] })).toMatchObject([
      { node: "sz-baoan", status: "refused" },
      { node: "dg-songshanhu", via: "dg-city", status: "error", code: "node.unreachable" },
    ]);
    await songshanhu.serve();
  });

  it("go on with what they hold of each other when one is away, and part when the agreement ends", async () => {
    await dongguan.stop();
    expect(await rowsOf(baoan)).toMatchObject([
      { via: "dg-city", status: "error", code: "node.unreachable" },
    ]);
    await shenzhen.run("peers", "remove", "dg-city");
    await expect
      .poll(() => lookUp(baoan), { timeout: 30_000, interval: 200 })
      .toMatchObject({ status: 422, body: { code: "lookup.jurisdiction-unknown" } });
  });
});

/** What a city's gateway says to a question signed with an installation's own key. */
async function passOn(
  from: Installation,
  node: string,
  to: Installation,
  city: string,
  change: object,
): Promise<string | undefined> {
  const { subject, items, purpose } = sampleLookup();
  const exchange = randomUUID();
  const question = { exchange, subject, items, purpose, remainingMs: 2_000, ...change };
  return askAs(from, node, to, city, question, "/v1/answers", exchange);
}

/** Signs with an installation's own key and sends; the code of what comes back. */
async function askAs(
  from: Installation,
  node: string,
  to: Installation,
  city: string,
  body: object,
  path: string,
  requestId: string = randomUUID(),
): Promise<string | undefined> {
  const file = await readFile(join(from.home, "keys", "signing.jwk.json"), "utf8");
  const signer = importSigner(privateJwkSchema.parse(JSON.parse(file)));
  if (!signer.ok) throw new Error(signer.error);
  const party = { member: { node: nodeIdSchema.parse(node) }, signer: signer.value };
  const change = { requestId, to: nodeIdSchema.parse(city) };
  return (await send(await prepare(party, to, body, { path, change }))).code;
}
