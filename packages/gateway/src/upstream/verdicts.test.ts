import { FaultError, fault } from "@xinqiao/protocol/problem";
import { describe, expect, it, vi } from "vitest";
import { createTarget } from "./target.ts";
import { ask, asked, askTimes, targetAt, testSettings, type Watched, watched } from "./testing/call.ts";
import { answering, closedOrigin, dongguan, hanging, huizhou, startNode } from "./testing/node.ts";

/** Bounds the wait for what happens at once, on a machine however busy. */
const soon = { timeout: 10_000 };

const retry = { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 2 };

/** Runs a test of Dongguan beside Huizhou, and asserts that nothing of it reached Huizhou. */
async function besideNeighbour(test: (deps: Watched) => Promise<void>): Promise<void> {
  await using node = await startNode(answering(200, "answer"));
  const deps = watched();
  const neighbour = createTarget(huizhou, node.origin, testSettings, deps);
  await test(deps);
  expect(await asked(neighbour)).toBe("answer");
  expect(neighbour.snapshot()).toMatchObject({ state: "closed", inUse: 0 });
  expect(deps.changes).toEqual([`${dongguan}: closed → open`]);
  await neighbour.close();
}

const dripping: typeof hanging = (_request, response) => {
  const drip = setInterval(() => response.write("."), 5);
  response.on("close", () => clearInterval(drip));
};

describe("what counts against the node", () => {
  it.each([
    ["error statuses", answering(500), "node.status"],
    ["redirects, which are not followed", answering(302), "node.status"],
    ["garbage", answering(200, "garbage"), "answer.malformed"],
    ["oversized answers", answering(200, Buffer.alloc(2_000)), "answer.too-large"],
  ])("%s open the circuit, and the node is left alone", async (_what, answer, code) => {
    await besideNeighbour(async (deps) => {
      await using node = await startNode(answer);
      await using target = targetAt(node.origin, {}, deps);
      expect(await askTimes(5, target)).toEqual([code, code, code, "node.circuit-open", "node.circuit-open"]);
      expect(node.requests).toBe(3);
    });
  });

  it("a closed port opens it", async () => {
    await besideNeighbour(async (deps) => {
      await using target = targetAt(await closedOrigin(), {}, deps);
      const unreachable = "node.unreachable";
      expect(await askTimes(4, target)).toEqual([unreachable, unreachable, unreachable, "node.circuit-open"]);
    });
  });

  it.each([
    ["never answers", hanging],
    ["drips its answer", dripping],
  ])("a node that %s opens it, and costs no call more than its attempt", async (_what, answer) => {
    await besideNeighbour(async (deps) => {
      await using node = await startNode(answer);
      await using target = targetAt(node.origin, { attemptTimeoutMs: 60 }, deps);
      expect(await ask(target)).toMatchObject({ error: { kind: "failure", code: "node.timeout" } });
      expect(await askTimes(3, target)).toEqual(["node.timeout", "node.timeout", "node.circuit-open"]);
      await expect.poll(() => node.connected, soon).toBe(0);
    });
  });

  it("a retry does not run into the circuit its own failure has opened", async () => {
    await using node = await startNode(answering(500));
    const random = vi.fn(() => 0.5);
    const breaker = { ...testSettings.breaker, volumeThreshold: 1 };
    await using target = targetAt(node.origin, { retry, breaker }, { ...watched(), random });
    expect(await ask(target)).toMatchObject({ error: { code: "node.status", attempts: 1 } });
    expect(node.requests).toBe(1);
    expect(random, "no pause for a retry that cannot be").not.toHaveBeenCalled();
  });
});

describe("what does not count against the node", () => {
  it("its refusal with a 4xx, told by status and stable code alone", async () => {
    const problem = {
      type: "urn:xinqiao:problem:signature.expired",
      title: "Signature has expired",
      titleZh: "签名已过期",
      status: 401,
      code: "signature.expired",
      detail: "free text",
      hop: "dg",
    };
    await using node = await startNode(answering(401, JSON.stringify(problem), "application/problem+json"));
    await using target = targetAt(node.origin);
    const facts = { status: 401, said: "signature.expired" };
    for (let time = 0; time < 10; time += 1) {
      expect(await ask(target)).toEqual({
        ok: false,
        error: { kind: "neutral", code: "node.rejected", facts, attempts: 1, latencyMs: expect.any(Number) },
      });
    }
    expect(target.state()).toBe("closed");
  });

  it("an asker that goes away", async () => {
    await using node = await startNode(hanging);
    await using target = targetAt(node.origin);
    for (let time = 1; time <= 5; time += 1) {
      const asker = new AbortController();
      const outcome = ask(target, { gone: asker.signal });
      await expect.poll(() => node.requests, soon).toBe(time);
      asker.abort();
      expect(await outcome).toMatchObject({ error: { kind: "neutral", code: "node.cancelled" } });
    }
    expect(target.state()).toBe("closed");
  });

  it("an asker with less time than is fair: one member cannot open the circuit for all", async () => {
    await using node = await startNode(hanging);
    await using target = targetAt(node.origin, { fairAttemptMs: 1_000 });
    const outcome = await ask(target, { deadlineMs: 20 });
    expect(outcome).toMatchObject({ error: { kind: "neutral", code: "node.timeout" } });
    await askTimes(5, target, { deadlineMs: 5 });
    expect(target.state()).toBe("closed");
  });

  it("a deadline that was over before anything was sent", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using target = targetAt(node.origin);
    expect(await ask(target, { deadlineMs: 0 })).toMatchObject({
      error: { kind: "neutral", code: "node.timeout" },
    });
    expect(await asked(target, { gone: AbortSignal.abort() })).toBe("node.cancelled");
    const signs = vi.fn();
    await ask(target, { deadlineMs: 0, build: signs });
    expect(signs).not.toHaveBeenCalled();
    expect(node.requests).toBe(0);
  });

  it("our own key that is away: nothing is sent", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using target = targetAt(node.origin);
    const build = () => Promise.reject(new FaultError(fault("key.unavailable")));
    for (let time = 0; time < 5; time += 1) {
      expect(await ask(target, { build })).toMatchObject({
        error: { kind: "local", code: "key.unavailable", attempts: 0 },
      });
    }
    expect(target.state()).toBe("closed");
    expect(node.requests).toBe(0);
  });

  it("our own key that does not sign within the call's time", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using target = targetAt(node.origin);
    const { promise: signed, reject } = Promise.withResolvers<never>();
    const late = { build: () => signed, deadlineMs: 40 };
    for (let time = 0; time < 5; time += 1) {
      expect(await ask(target, late)).toMatchObject({ error: { kind: "local", code: "key.unavailable" } });
    }
    expect(await asked(target, { build: () => signed, gone: AbortSignal.timeout(20) })).toBe(
      "node.cancelled",
    );
    reject(new FaultError(fault("key.unavailable")));
    await expect.poll(() => target.snapshot().inUse, soon).toBe(0);
    expect(target.state()).toBe("closed");
    expect(node.requests).toBe(0);
  });

  it("our own bound: the calls beyond it are refused at once", async () => {
    await using node = await startNode(hanging);
    const asker = new AbortController();
    await using target = targetAt(node.origin, { maxConcurrent: 2 });
    const calls = [ask(target, { gone: asker.signal }), ask(target, { gone: asker.signal })];
    await expect.poll(() => node.requests, soon).toBe(2);
    for (let time = 0; time < 10; time += 1) {
      expect(await ask(target)).toMatchObject({ error: { kind: "local", code: "node.busy", attempts: 0 } });
    }
    expect(target.snapshot()).toEqual({
      node: dongguan,
      origin: node.origin,
      state: "closed",
      isolated: false,
      inUse: 2,
    });
    asker.abort();
    await Promise.all(calls);
    expect(target.snapshot().inUse).toBe(0);
  });
});
