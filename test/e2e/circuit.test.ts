import type { Exchange } from "@xinqiao/protocol/exchange";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  answering,
  ask,
  type Behaviour,
  createParty,
  type FakeNode,
  freePort,
  hanging,
  honest,
  type Party,
  type PlacedNode,
  placeNode,
  readLog,
  sampleLookup,
  saying,
  startGateway,
  type TestGateway,
} from "../constellation/index.ts";

const asker = createParty({ node: "sz-baoan", role: "district" });
const soon = { timeout: 20_000, interval: 50 };
const statusOf = ({ results }: Exchange, node: string) => results.find((row) => row.node === node)?.status;

let nodes: FakeNode[];
let gateway: TestGateway | undefined;

beforeEach(() => {
  nodes = [];
  gateway = undefined;
});

afterEach(async () => {
  await Promise.all([gateway?.close(), ...nodes.map((node) => node.close())]);
});

async function place(
  node: string,
  jurisdiction: string,
  behave?: (party: Party) => Behaviour,
): Promise<PlacedNode> {
  const placed = await placeNode(node, jurisdiction, behave);
  nodes.push(placed.fake);
  return placed;
}

/** A breaker that never probes by itself, and one that soon does. */
const long = { upstream: { breaker: { resetTimeoutMs: 3_600_000 } } };
const short = { upstream: { breaker: { resetTimeoutMs: 100 } } };

describe("a node's circuit", () => {
  it.each([
    ["fails", () => saying(500, "text/plain", "oops")],
    ["hangs", () => hanging],
  ])("opens when it %s, and nobody waits for it or asks it", async (_name, behave) => {
    const dg = await place("dg", "441900");
    const hz = await place("hz", "441300", behave);
    const city = await startGateway([asker, dg.party, hz.party], long);
    gateway = city;
    const lookup = (deadlineMs: number) => ask(asker, city, sampleLookup({ deadlineMs }));
    for (let time = 0; time < 5; time += 1) await lookup(1_000);
    const asked = hz.fake.asked;
    // Longer than the test may take: what waits for the node fails.
    for (let time = 0; time < 3; time += 1) {
      const exchange = await lookup(30_000);
      expect(exchange.results.find(({ node }) => node === "hz")).toMatchObject({
        status: "open",
        code: "node.circuit-open",
      });
      expect(statusOf(exchange, "dg")).toBe("none");
    }
    expect(hz.fake.asked).toBe(asked);
    expect((await readLog(city)).filter(({ kind }) => kind === "breaker.changed")).toMatchObject([
      { target: "hz", from: "closed", to: "open" },
    ]);
  });

  it("probes when its time has come, and closes when the node answers", async () => {
    const dg = await place("dg", "441900");
    const hz = await place("hz", "441300", () => saying(500, "text/plain", "oops"));
    const city = await startGateway([asker, dg.party, hz.party], short);
    gateway = city;
    const lookup = () => ask(asker, city, sampleLookup());
    await expect.poll(async () => statusOf(await lookup(), "hz"), soon).toBe("open");
    hz.fake.become(honest(hz.party));
    await expect.poll(async () => statusOf(await lookup(), "hz"), soon).toBe("none");
    // On a machine with other work to do the other node's answer may be late, once.
    await expect.poll(async () => (await lookup()).complete, soon).toBe(true);
  });

  it("holds up no lookup while it probes a node that still hangs", async () => {
    const dg = await place("dg", "441900");
    const hz = await place("hz", "441300", () => saying(500, "text/plain", "oops"));
    const city = await startGateway([asker, dg.party, hz.party], short);
    gateway = city;
    const lookup = () => ask(asker, city, sampleLookup({ deadlineMs: 30_000 }));
    await expect.poll(async () => statusOf(await lookup(), "hz"), soon).toBe("open");
    hz.fake.become(hanging);
    const rows: (string | undefined)[] = [];
    const probed = async () => {
      const { results } = await lookup();
      rows.push(results.find(({ node }) => node === "hz")?.code);
      return rows.includes("node.probing");
    };
    await expect.poll(probed, soon).toBe(true);
    // An attempt has ten seconds: what waited for the probe would have timed out.
    expect(rows.filter((code) => code !== "node.circuit-open")).toEqual(["node.probing"]);
  });
});

describe("five nodes, each bad in its own way, beside a good one", () => {
  it("cost it nothing: its row is there, the reply is in time, each bad row names its cause", async () => {
    const good = await place("dg", "441900");
    const hung = await place("hz", "441300", () => hanging);
    const garbage = await place("hy", "441600", () => saying(200, "application/jose", "no answer at all"));
    const forged = await place("sw", "441500", () => answering("sw", good.party.signer));
    const mistaken = await place("qh", "qianhai", (party) =>
      answering("qh", party.signer, (answer) => ({ ...answer, jti: "00000000-0000-4000-8000-000000000000" })),
    );
    const away = createParty({
      node: "sz-dapeng",
      role: "district",
      jurisdiction: "dapeng",
      endpoint: `http://127.0.0.1:${await freePort()}`,
    });
    const parties = [good, hung, garbage, forged, mistaken].map(({ party }) => party);
    const city = await startGateway([asker, ...parties, away], long);
    gateway = city;
    const exchange = await ask(asker, city, sampleLookup({ deadlineMs: 1_500 }));
    expect(exchange.results.map(({ node, status, code }) => [node, status, code])).toEqual([
      ["dg", "none", undefined],
      ["hz", "timeout", "node.timeout"],
      ["hy", "error", "answer.malformed"],
      ["sw", "error", "answer.key-of-another-member"],
      ["qh", "error", "answer.for-another-request"],
      ["sz-dapeng", "error", "node.unreachable"],
    ]);
    expect(exchange.complete).toBe(false);
  });
});
