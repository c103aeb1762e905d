import { describe, expect, it, onTestFinished } from "vitest";
import { createTarget, type TargetClient, type TargetSettings } from "./target.ts";
import { ask, asked, askTimes, testSettings, type Watched, watched } from "./testing/call.ts";
import { answering, closedOrigin, dongguan, hanging, huizhou, startNode } from "./testing/node.ts";

/** Bounds the wait for what happens at once, on a machine however busy. */
const soon = { timeout: 10_000 };

function targetAt(
  origin: string,
  over: Partial<TargetSettings> = {},
  deps: Watched = watched(),
): TargetClient {
  const target = createTarget(dongguan, origin, { ...testSettings, ...over }, deps);
  onTestFinished(() => target.close());
  return target;
}

const retry = { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 2 };

describe("a call", () => {
  it("returns what was read, the attempts and the time it took", async () => {
    await using node = await startNode(answering(200, "answer"));
    const outcome = await ask(targetAt(node.origin));
    expect(outcome).toEqual({
      ok: true,
      value: { value: "answer", attempts: 1, latencyMs: expect.any(Number) },
    });
  });

  it("tells the builder the whole milliseconds its attempt has", async () => {
    await using node = await startNode(answering(200, "answer"));
    const given: number[] = [];
    const target = targetAt(node.origin, { attemptTimeoutMs: 700 });
    for (const deadlineMs of [500, 10_000]) {
      await ask(target, {
        deadlineMs,
        build(remainingMs) {
          given.push(remainingMs);
          return { url: new URL(node.origin), method: "POST", headers: {}, body: Buffer.of() };
        },
      });
    }
    const [byDeadline = 0, byAttempt = 0] = given;
    expect(given.every(Number.isInteger)).toBe(true);
    expect(byDeadline).toBeLessThanOrEqual(500);
    expect(byAttempt).toBeLessThanOrEqual(700);
    expect(byAttempt).toBeGreaterThan(500);
  });

  it("builds each attempt anew and keeps to one target's budget", async () => {
    await using node = await startNode(answering(503));
    const built: number[] = [];
    const target = targetAt(node.origin, {
      retry,
      retryRatio: 0,
      retryBurst: 3,
      breaker: { ...testSettings.breaker, volumeThreshold: 100 },
    });
    const how = {
      build() {
        built.push(built.length);
        return {
          url: new URL(node.origin),
          method: "POST" as const,
          headers: { "x-nonce": `${built.length}` },
          body: Buffer.of(),
        };
      },
    };
    expect(await ask(target, how)).toMatchObject({ error: { code: "node.status", attempts: 3 } });
    expect(await ask(target, how)).toMatchObject({ error: { code: "node.status", attempts: 2 } });
    expect(await ask(target, how)).toMatchObject({ error: { code: "node.status", attempts: 1 } });
    expect([built.length, node.requests]).toEqual([6, 6]);
  });

  it("is retried only when idempotent", async () => {
    await using node = await startNode(answering(503));
    expect(await ask(targetAt(node.origin, { retry }), { idempotent: false })).toMatchObject({
      error: { attempts: 1 },
    });
    expect(node.requests).toBe(1);
  });

  it("succeeds on a retry, which then counts for the node", async () => {
    await using node = await startNode((request, response) => {
      answering(node.requests === 1 ? 502 : 200, "answer")(request, response);
    });
    const target = targetAt(node.origin, { retry });
    expect(await ask(target)).toMatchObject({ value: { value: "answer", attempts: 2 } });
    expect(target.state()).toBe("closed");
  });

  it("throws a bug in the builder or the reader on, and gives its place back", async () => {
    await using node = await startNode(answering(200, "answer"));
    const target = targetAt(node.origin, { maxConcurrent: 1 });
    const bug = () => {
      throw new Error("bug");
    };
    for (let time = 0; time < 5; time += 1) {
      await expect(ask(target, { build: bug })).rejects.toThrow("bug");
      await expect(ask(target, { build: () => Promise.reject(new Error("bug")) })).rejects.toThrow("bug");
      await expect(ask(target, { read: bug })).rejects.toThrow("bug");
    }
    expect(target.snapshot()).toMatchObject({ state: "closed", inUse: 0 });
    expect(await asked(target)).toBe("answer");
  });
});

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
      const target = targetAt(node.origin, {}, deps);
      expect(await askTimes(5, target)).toEqual([code, code, code, "node.circuit-open", "node.circuit-open"]);
      expect(node.requests).toBe(3);
    });
  });

  it("a closed port opens it", async () => {
    await besideNeighbour(async (deps) => {
      const target = targetAt(await closedOrigin(), {}, deps);
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
      const target = targetAt(node.origin, { attemptTimeoutMs: 60 }, deps);
      expect(await ask(target)).toMatchObject({ error: { kind: "failure", code: "node.timeout" } });
      expect(await askTimes(3, target)).toEqual(["node.timeout", "node.timeout", "node.circuit-open"]);
      await expect.poll(() => node.connected, soon).toBe(0);
    });
  });

  it("a retry does not run into the circuit its own failure has opened", async () => {
    await using node = await startNode(answering(500));
    const target = targetAt(node.origin, { retry, breaker: { ...testSettings.breaker, volumeThreshold: 1 } });
    expect(await ask(target)).toMatchObject({ error: { code: "node.status", attempts: 1 } });
    expect(node.requests).toBe(1);
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
    const target = targetAt(node.origin);
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
    const target = targetAt(node.origin);
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
    const target = targetAt(node.origin, { fairAttemptMs: 1_000 });
    const outcome = await ask(target, { deadlineMs: 20 });
    expect(outcome).toMatchObject({ error: { kind: "neutral", code: "node.timeout" } });
    await askTimes(5, target, { deadlineMs: 5 });
    expect(target.state()).toBe("closed");
  });

  it("a deadline that was over before anything was sent", async () => {
    await using node = await startNode(answering(200, "answer"));
    const target = targetAt(node.origin);
    expect(await ask(target, { deadlineMs: 0 })).toMatchObject({
      error: { kind: "neutral", code: "node.timeout" },
    });
    expect(await asked(target, { gone: AbortSignal.abort() })).toBe("node.cancelled");
    expect(node.requests).toBe(0);
  });

  it("our own bound: the calls beyond it are refused at once", async () => {
    await using node = await startNode(hanging);
    const asker = new AbortController();
    const target = targetAt(node.origin, { maxConcurrent: 2 });
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

describe("recovery", () => {
  it("probes when its time has come, and closes when the node answers", async () => {
    await using node = await startNode(answering(500));
    const deps = watched();
    const target = targetAt(node.origin, { breaker: { ...testSettings.breaker, resetTimeoutMs: 40 } }, deps);
    await askTimes(3, target);
    expect(target.state()).toBe("open");
    await expect.poll(() => target.state(), soon).toBe("half-open");
    node.answer = answering(404);
    expect(await asked(target)).toBe("node.rejected");
    expect(target.state()).toBe("half-open");
    node.answer = answering(200, "answer");
    expect(await askTimes(3, target)).toEqual(["answer", "answer", "answer"]);
    expect(target.state()).toBe("closed");
  });
});

describe("two targets", () => {
  it("share nothing: one hangs with all its places taken, the other answers", async () => {
    await using bad = await startNode(hanging);
    await using good = await startNode(answering(200, "answer"));
    const asker = new AbortController();
    const hung = targetAt(bad.origin, { maxConcurrent: 3, connections: 1 });
    const well = createTarget(huizhou, good.origin, testSettings, watched());
    const calls = Array.from({ length: 3 }, () => ask(hung, { gone: asker.signal }));
    await expect.poll(() => bad.requests, soon).toBe(1);
    expect(await asked(hung)).toBe("node.busy");
    expect(new Set(await askTimes(20, well))).toEqual(new Set(["answer"]));
    asker.abort();
    expect((await Promise.all(calls)).every((outcome) => !outcome.ok)).toBe(true);
    expect([hung.state(), well.state()]).toEqual(["closed", "closed"]);
    await well.close();
  });
});

describe("a call that waits for a connection", () => {
  it("ends at its own deadline, and holds its place until the pool lets go of it", async () => {
    await using node = await startNode(hanging);
    const asker = new AbortController();
    const target = targetAt(node.origin, { connections: 1, maxConcurrent: 2 });
    const first = ask(target, { gone: asker.signal });
    await expect.poll(() => node.requests, soon).toBe(1);
    expect(await asked(target, { deadlineMs: 30 })).toBe("node.timeout");
    expect(target.snapshot().inUse).toBe(2);
    expect(await asked(target)).toBe("node.busy");
    asker.abort();
    await first;
    await expect.poll(() => target.snapshot().inUse, soon).toBe(0);
    expect(node.requests).toBe(1);
  });
});

describe("close", () => {
  it("refuses new calls, lets those under way end, and leaves no connection", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using node = await startNode(async (request, response) => {
      await released;
      answering(200, "answer")(request, response);
    });
    const target = targetAt(node.origin);
    const call = asked(target);
    await expect.poll(() => node.requests, soon).toBe(1);
    const closed = target.close();
    expect(target.close()).toBe(closed);
    expect(await ask(target)).toMatchObject({
      error: { kind: "local", code: "server.draining", attempts: 0 },
    });
    release();
    expect(await call).toBe("answer");
    await closed;
    await expect.poll(() => node.connected, soon).toBe(0);
    expect(node.requests).toBe(1);
  });
});
