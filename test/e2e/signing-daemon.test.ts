import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ask,
  createParty,
  type GatewayProcess,
  type PlacedNode,
  type PreparedAgent,
  placeNode,
  prepare,
  prepareAgent,
  type RunningAgent,
  readLog,
  type SignerProcess,
  sampleLookup,
  send,
  startGateway,
  startGatewayProcess,
  startSignerProcess,
  type TestGateway,
} from "../constellation/index.ts";

const asker = createParty({ node: "sz-baoan", role: "district", suite: "sm2" });

describe("a gateway whose key is behind a signing daemon", () => {
  let dg: PlacedNode;
  let signer: SignerProcess;
  let gateway: GatewayProcess;
  const lookUp = async () => send(await prepare(asker, gateway, sampleLookup({ deadlineMs: 1_000 })));
  const nodes = async () =>
    (await ask(asker, gateway, sampleLookup())).results.map(({ node, status }) => [node, status]);

  beforeEach(async () => {
    dg = await placeNode("dg", "441900");
    gateway = await startGatewayProcess([asker, dg.party], {
      suite: "sm2",
      async config(home, { signer: { keyId } }) {
        signer = await startSignerProcess(join(home, "signer.sock"), join(home, "key.json"));
        return { signingKey: { socket: "signer.sock", keyId }, logLevel: "silent" };
      },
    });
  });
  afterEach(() => Promise.all([gateway.close(), signer.close(), dg.fake.close()]));

  it("answers; says plainly that it cannot while the daemon is gone; answers again when it is back", async () => {
    expect(await nodes()).toEqual([["dg", "none"]]);
    await signer.kill("SIGKILL");
    for (let times = 0; times < 6; times += 1) {
      const refused = await lookUp();
      expect(refused).toMatchObject({ status: 503, code: "key.unavailable" });
      expect(refused.headers, "nothing is there to sign it with").not.toHaveProperty("signature");
    }
    expect(dg.fake.asked, "what cannot be signed is not asked").toBe(1);
    await signer.start();
    expect(await nodes(), "and nothing was held against the node").toEqual([["dg", "none"]]);
    const outcomes = (await readLog(gateway)).filter(({ kind }) => kind === "lookup.outcome");
    expect(outcomes, "every exchange has its end in the log").toHaveLength(8);
  });

  it("does not wait for a daemon that hangs, and goes on when that does", async () => {
    expect(await nodes()).toEqual([["dg", "none"]]);
    signer.signal("SIGSTOP");
    const begun = performance.now();
    expect(await lookUp()).toMatchObject({ status: 503, code: "key.unavailable" });
    expect(performance.now() - begun).toBeLessThan(10_000);
    signer.signal("SIGCONT");
    expect(await nodes()).toEqual([["dg", "none"]]);
  });

  it("does not start without it", async () => {
    await gateway.kill("SIGTERM");
    await signer.kill("SIGTERM");
    expect(await gateway.startInVain()).toMatchObject({ code: 1 });
    await signer.start();
    await gateway.start();
    expect(await nodes()).toEqual([["dg", "none"]]);
  });
});

describe("an agent whose key is behind a signing daemon", () => {
  let folder: string;
  let prepared: PreparedAgent;
  let signer: SignerProcess;
  let gateway: TestGateway;
  let agent: RunningAgent;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-signer-"));
    prepared = await prepareAgent({ node: "sz-longgang", role: "district", jurisdiction: "440307" });
    const { party, home } = prepared;
    // A node that cannot sign is down like any other; here its circuit stays closed, so that its return shows at once.
    const upstream = { breaker: { volumeThreshold: 100 } };
    gateway = await startGateway([asker, party], { upstream }, { suite: "sm2" });
    const socket = join(folder, "signer.sock");
    signer = await startSignerProcess(socket, join(home, "keys", "signing.jwk.json"), "node-agent");
    const { keyId } = party.signer;
    agent = await prepared.start([], gateway, { signingKey: { socket, keyId } });
  });
  afterEach(async () => {
    await Promise.all([agent.close(), gateway.close(), signer.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  it("asks and answers; while the daemon is gone it does neither, and says so", async () => {
    const patient = () => sampleLookup({ deadlineMs: 20_000 });
    const rows = async () =>
      (await ask(asker, gateway, patient())).results.map(({ status, code }) => [status, code]);
    const asked = () => agent.ask(patient());
    const signedRefusal = [["refused", "source.item-not-held"]];
    expect(await rows(), "it holds nothing, and signs that").toEqual(signedRefusal);
    expect((await asked()).status).toBe(200);

    await signer.kill("SIGKILL");
    expect(await rows()).toEqual([["error", "node.status"]]);
    expect(await asked()).toMatchObject({
      status: 503,
      body: { code: "key.unavailable", hop: "sz-longgang" },
    });
    expect(agent.lines.join("")).toContain('"code":"key.unavailable"');

    await signer.start();
    expect(await rows()).toEqual(signedRefusal);
    expect((await asked()).status).toBe(200);
  });
});
