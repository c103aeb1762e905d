import { getEventListeners } from "node:events";
import { ok } from "@xinqiao/protocol/result";
import { describe, expect, it } from "vitest";
import { createCompany, createDeadline } from "../exchange/index.ts";
import { createTarget } from "./target.ts";
import { ask, asked, askTimes, elapsed, targetAt, testSettings, watched } from "./testing/call.ts";
import { answering, hanging, huizhou, startNode } from "./testing/node.ts";
import type { AttemptRequest } from "./wire.ts";

/** Bounds the wait for what happens at once, on a machine however busy. */
const soon = { timeout: 10_000 };

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
    await using target = targetAt(node.origin, { attemptTimeoutMs: 700 });
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
    await using target = targetAt(node.origin, {
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
    await using target = targetAt(node.origin, { retry });
    expect(await ask(target, { idempotent: false })).toMatchObject({
      error: { attempts: 1 },
    });
    expect(node.requests).toBe(1);
  });

  it("succeeds on a retry, which then counts for the node", async () => {
    await using node = await startNode((request, response) => {
      answering(node.requests === 1 ? 502 : 200, "answer")(request, response);
    });
    await using target = targetAt(node.origin, { retry });
    expect(await ask(target)).toMatchObject({ value: { value: "answer", attempts: 2 } });
    expect(target.state()).toBe("closed");
  });

  it("lets go of the asker's deadline when it is over", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using target = targetAt(node.origin);
    const deadline = createDeadline(10_000, elapsed);
    const build = () => ({
      url: new URL(node.origin),
      method: "POST" as const,
      headers: {},
      body: Buffer.of(),
    });
    const call = target.call({ build, read: ok, deadline, seat: createCompany(1).join(), idempotent: true });
    expect(getEventListeners(deadline.signal, "abort").length).toBeGreaterThan(0);
    await call;
    expect(getEventListeners(deadline.signal, "abort")).toEqual([]);
    deadline.dispose();
  });

  it("throws a bug in the builder or the reader on, and gives its place back", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using target = targetAt(node.origin, { maxConcurrent: 1 });
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

describe("recovery", () => {
  it("probes when its time has come, and closes when the node answers", async () => {
    await using node = await startNode(answering(500));
    const deps = watched();
    await using target = targetAt(
      node.origin,
      { breaker: { ...testSettings.breaker, resetTimeoutMs: 40 } },
      deps,
    );
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
    await using hung = targetAt(bad.origin, { maxConcurrent: 3, connections: 1 });
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
    await using target = targetAt(node.origin, { connections: 1, maxConcurrent: 2 });
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
    await using target = targetAt(node.origin);
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
    expect(target.state(), "its timers are stopped").toBe("open");
  });

  it("waits for a call that is still being signed", async () => {
    await using node = await startNode(answering(200, "answer"));
    await using target = targetAt(node.origin);
    const { promise: signed, resolve: sign } = Promise.withResolvers<AttemptRequest>();
    const call = asked(target, { build: () => signed });
    const closed = target.close();
    sign({ url: new URL(node.origin), method: "POST", headers: {}, body: Buffer.of() });
    expect(await call).toBe("answer");
    await closed;
  });
});
