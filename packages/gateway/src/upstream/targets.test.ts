import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTargets, type Targets, type UpstreamSettings } from "./targets.ts";
import { ask, asked, askTimes, testSettings, type Watched, watched } from "./testing/call.ts";
import { loopbackCertificate } from "./testing/certificate.ts";
import { answering, closedOrigin, dongguan, huizhou, startNode } from "./testing/node.ts";

/** Bounds the wait for what happens at once, on a machine however busy. */
const soon = { timeout: 10_000 };

function targetsWith(over: Partial<UpstreamSettings> = {}, deps: Watched = watched()): Targets {
  const targets = createTargets({ ...testSettings, ...over }, deps);
  onTestFinished(() => targets.close());
  return targets;
}

describe("createTargets", () => {
  it("makes one client a node, when first asked for", async () => {
    await using node = await startNode(answering(200, "answer"));
    const targets = targetsWith();
    expect(targets.snapshot()).toEqual([]);
    const target = targets.to({ node: dongguan, endpoint: node.origin });
    expect(targets.to({ node: dongguan, endpoint: node.origin })).toBe(target);
    expect(targets.snapshot()).toEqual([
      { node: dongguan, origin: node.origin, state: "closed", isolated: false, inUse: 0 },
    ]);
    expect(await asked(target)).toBe("answer");
  });

  it("keeps what one node does from the others", async () => {
    await using well = await startNode(answering(200, "answer"));
    const targets = targetsWith();
    const bad = targets.to({ node: dongguan, endpoint: await closedOrigin() });
    const good = targets.to({ node: huizhou, endpoint: well.origin });
    await askTimes(10, bad);
    expect(await askTimes(3, good)).toEqual(["answer", "answer", "answer"]);
    expect(targets.snapshot()).toMatchObject([
      { node: dongguan, state: "open" },
      { node: huizhou, state: "closed" },
    ]);
  });

  it("moves to a new endpoint with a clean record; what was under way at the old one ends there", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using old = await startNode(async (request, response) => {
      await released;
      answering(200, "from the old one")(request, response);
    });
    await using fresh = await startNode(answering(200, "from the new one"));
    const deps = watched();
    const targets = targetsWith({}, deps);
    const before = targets.to({ node: dongguan, endpoint: old.origin });
    const call = asked(before);
    await expect.poll(() => old.requests, soon).toBe(1);
    const after = targets.to({ node: dongguan, endpoint: fresh.origin });
    expect(await asked(after)).toBe("from the new one");
    release();
    expect(await call).toBe("from the old one");
    expect(await asked(before)).toBe("server.draining");
    await expect.poll(() => old.connected, soon).toBe(0);
    expect(deps.changes).toEqual([]);
  });

  it("tells that a node is closed again when it moves away from an open circuit, and hears the old client no more", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using old = await startNode(async (request, response) => {
      await released;
      answering(500)(request, response);
    });
    await using fresh = await startNode(answering(200, "answer"));
    const deps = watched();
    const targets = targetsWith({ breaker: { ...testSettings.breaker, volumeThreshold: 1 } }, deps);
    const before = targets.to({ node: dongguan, endpoint: old.origin });
    const late = ask(before);
    await expect.poll(() => old.requests, soon).toBe(1);
    expect(targets.to({ node: dongguan, endpoint: fresh.origin }).state()).toBe("closed");
    release();
    expect(await late).toMatchObject({ error: { kind: "failure", code: "node.status" } });
    expect(deps.changes).toEqual([]);

    const gone = targets.to({ node: huizhou, endpoint: await closedOrigin() });
    await asked(gone);
    targets.to({ node: huizhou, endpoint: fresh.origin });
    expect(deps.changes).toEqual([`${huizhou}: closed → open`, `${huizhou}: open → closed`]);
  });

  it("isolates a node by an operator's hand: known or not yet, wherever it moves", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using elsewhere = await startNode(answering(200, "answer"));
    const deps = watched();
    const targets = targetsWith({}, deps);
    targets.isolate(dongguan);
    expect(await asked(targets.to({ node: dongguan, endpoint: node.origin }))).toBe("node.circuit-open");
    const moved = targets.to({ node: dongguan, endpoint: elsewhere.origin });
    expect(await asked(moved)).toBe("node.circuit-open");
    expect([node.requests, elsewhere.requests]).toEqual([0, 0]);
    expect(targets.snapshot()).toMatchObject([{ state: "open", isolated: true }]);
    targets.release(dongguan);
    expect(await asked(moved)).toBe("answer");
    expect(deps.changes).toEqual([`${dongguan}: closed → open`, `${dongguan}: open → closed`]);
  });

  it("trusts a private authority beside Node's own", async () => {
    await using node = await startNode(answering(200, "answer"), true);
    const endpoint = { node: dongguan, endpoint: node.origin };
    expect(await asked(targetsWith().to(endpoint))).toBe("node.unreachable");
    expect(await asked(targetsWith({ ca: loopbackCertificate }).to(endpoint))).toBe("answer");
  });

  it("keeps trusting Node's own authorities when a private one is given", async () => {
    const own = getCACertificates("default");
    const [another] = own;
    setDefaultCACertificates([...own, loopbackCertificate]);
    onTestFinished(() => setDefaultCACertificates(own));
    await using node = await startNode(answering(200, "answer"), true);
    const targets = targetsWith({ ca: another });
    expect(await asked(targets.to({ node: dongguan, endpoint: node.origin }))).toBe("answer");
  });

  it("closes every client, those made afterwards too", async () => {
    await using node = await startNode(answering(200, "answer"));
    const targets = targetsWith();
    const target = targets.to({ node: dongguan, endpoint: node.origin });
    await asked(target);
    await targets.close();
    await expect.poll(() => node.connected, soon).toBe(0);
    expect(await asked(target)).toBe("server.draining");
    expect(await asked(targets.to({ node: huizhou, endpoint: node.origin }))).toBe("server.draining");
    expect(node.requests).toBe(1);
  });
});
