import type { RequestListener } from "node:http";
import { describe, expect, it } from "vitest";
import { createCompany } from "../exchange/index.ts";
import type { TargetClient } from "./target.ts";
import { ask, asked, askTimes, targetAt, testSettings, watched } from "./testing/call.ts";
import { answering, hanging, type LoopbackNode, startNode } from "./testing/node.ts";

/** Bounds the wait for what happens at once, on a machine however busy. */
const soon = { timeout: 10_000 };
const breaker = { ...testSettings.breaker, resetTimeoutMs: 40 };

/** The node has failed long enough to be probed; from now on it does as told. */
async function halfOpen(target: TargetClient, node: LoopbackNode, from: RequestListener): Promise<void> {
  await askTimes(3, target);
  node.answer = from;
  await expect.poll(() => target.state(), soon).toBe("half-open");
}

/** Asks with no patience, until the node has been asked: who is late from the start asks nobody. */
async function probeImpatiently(target: TargetClient, node: LoopbackNode): Promise<void> {
  const before = node.requests;
  const probed = async () => {
    expect(await asked(target, { deadlineMs: 5 })).toMatch(/^node\.(timeout|circuit-open)$/);
    return node.requests;
  };
  await expect.poll(probed, soon).toBe(before + 1);
}

describe("a probe", () => {
  it("fails in its own time, however little the caller had: the circuit opens again", async () => {
    await using node = await startNode(answering(500));
    const deps = watched();
    await using target = targetAt(node.origin, { breaker, attemptTimeoutMs: 200 }, deps);
    await halfOpen(target, node, hanging);
    await probeImpatiently(target, node);
    await expect.poll(() => deps.changes[2], soon).toBe("dg: half-open → open");
  });

  it("succeeds in its own time, when the caller has left", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using node = await startNode(answering(500));
    await using target = targetAt(node.origin, { breaker, attemptTimeoutMs: 60_000 });
    await halfOpen(target, node, async (request, response) => {
      await released;
      answering(200, "answer")(request, response);
    });
    const asker = new AbortController();
    const probing = asked(target, { gone: asker.signal });
    await expect.poll(() => node.requests, soon).toBe(4);
    asker.abort();
    expect(await probing).toBe("node.cancelled");
    release();
    await expect.poll(() => target.state(), soon).toBe("closed");
  });

  it("holds up no lookup whose other rows are in, and takes no second question with it", async () => {
    await using node = await startNode(answering(500));
    await using target = targetAt(node.origin, { breaker, attemptTimeoutMs: 2_000 });
    await halfOpen(target, node, hanging);
    const company = createCompany(2);
    company.join().leave();
    const probing = ask(target, { seat: company.join() });
    expect(await probing).toMatchObject({ error: { kind: "neutral", code: "node.probing" } });
    expect(await asked(target), "one probe at a time").toBe("node.circuit-open");
    await expect.poll(() => node.requests, soon).toBe(4);
  });

  it("is not sent for one who is gone already", async () => {
    await using node = await startNode(answering(500));
    await using target = targetAt(node.origin, { breaker });
    await halfOpen(target, node, answering(200, "answer"));
    expect(await asked(target, { gone: AbortSignal.abort() })).toBe("node.cancelled");
    expect(node.requests).toBe(3);
    expect(await asked(target)).toBe("answer");
  });

  it("closes the circuit of a node that is slow but well", async () => {
    await using node = await startNode(answering(500));
    await using target = targetAt(node.origin, { breaker });
    await halfOpen(target, node, (request, response) => {
      setTimeout(() => answering(200, "answer")(request, response), 300);
    });
    await probeImpatiently(target, node);
    await expect.poll(() => target.state(), soon).toBe("closed");
  });

  it("is waited for by `close`", async () => {
    await using node = await startNode(answering(500));
    const target = targetAt(node.origin, { breaker, attemptTimeoutMs: 200 });
    await halfOpen(target, node, hanging);
    await probeImpatiently(target, node);
    await target.close();
    await expect.poll(() => node.connected, soon).toBe(0);
  });
});
