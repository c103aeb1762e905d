import { err, ok, type Result } from "@xinqiao/protocol/result";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Breaker, type BreakerSettings, createBreaker } from "./breaker.ts";
import { type UpstreamFault, upstreamFault } from "./fault.ts";

type Outcome = Result<string, UpstreamFault>;

const settings: BreakerSettings = {
  volumeThreshold: 5,
  errorThresholdPercentage: 50,
  windowMs: 10_000,
  consecutiveFailures: 10,
  resetTimeoutMs: 5_000,
};
const success: Outcome = ok("answer");
const failure: Outcome = err(upstreamFault("failure", "node.status"));
const neutral: Outcome = err(upstreamFault("neutral", "node.rejected"));
const local: Outcome = err(upstreamFault("local", "node.busy"));
const refused: Outcome = err(upstreamFault("local", "node.circuit-open"));

let breaker: Breaker;
let changes: string[];

beforeEach(() => {
  vi.useFakeTimers();
  changes = [];
  breaker = createBreaker(settings, (from, to) => changes.push(`${from} → ${to}`), Date.now);
});
afterEach(() => {
  breaker.shutdown();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const see = (outcome: Outcome) => breaker.run(async () => outcome);

async function seeAll(times: number, outcome: Outcome): Promise<void> {
  for (let time = 0; time < times; time += 1) await see(outcome);
}

/** A call under way: let through now, its outcome comes when `end` is called. */
function begin() {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const run = vi.fn(() => promise);
  const result = breaker.run(run);
  return {
    letThrough: run.mock.calls.length === 1,
    async end(outcome: Outcome) {
      resolve(outcome);
      return result;
    },
  };
}

async function open(): Promise<void> {
  await seeAll(5, failure);
  expect(breaker.state).toBe("open");
}

async function halfOpen(): Promise<void> {
  await open();
  vi.advanceTimersByTime(5_000);
  expect(breaker.state).toBe("half-open");
}

describe("a closed breaker", () => {
  it("opens at the volume threshold, and not one failure before", async () => {
    await seeAll(4, failure);
    expect(breaker.state).toBe("closed");
    await see(failure);
    expect(breaker.state).toBe("open");
    expect(changes).toEqual(["closed → open"]);
  });

  it("opens above the error threshold, not at it", async () => {
    await seeAll(5, success);
    await seeAll(5, failure);
    expect(breaker.state).toBe("closed");
    await see(failure);
    expect(breaker.state).toBe("open");
  });

  it("forgets what is older than its window", async () => {
    await seeAll(4, failure);
    vi.advanceTimersByTime(10_000);
    await seeAll(4, failure);
    expect(breaker.state).toBe("closed");
  });

  it("opens at so many failures in a row, however far apart, and not one before", async () => {
    for (let failures = 1; failures < settings.consecutiveFailures; failures += 1) {
      await see(failure);
      vi.advanceTimersByTime(3_600_000);
    }
    expect(breaker.state).toBe("closed");
    await see(failure);
    expect(breaker.state).toBe("open");
    vi.advanceTimersByTime(settings.resetTimeoutMs);
    expect(changes).toEqual(["closed → open", "open → half-open"]);
  });

  it("does not open at so many failures in a row that come at once: they may be one reset", async () => {
    await seeAll(100, success);
    await seeAll(settings.consecutiveFailures + 5, failure);
    expect(breaker.state).toBe("closed");
  });

  it("starts a row of failures anew at a success, and at nothing else", async () => {
    const seeApart = async (times: number, outcome: Outcome) => {
      for (let time = 0; time < times; time += 1) {
        await see(outcome);
        vi.advanceTimersByTime(settings.windowMs);
      }
    };
    await seeApart(9, failure);
    await seeApart(1, success);
    await seeApart(9, failure);
    await seeApart(20, neutral);
    expect(breaker.state).toBe("closed");
    await see(failure);
    expect(breaker.state).toBe("open");
  });

  it("hands the outcome through untouched", async () => {
    expect(await see(success)).toBe(success);
    expect(await see(failure)).toBe(failure);
    expect(await see(neutral)).toBe(neutral);
  });

  it.each([
    ["neutral", neutral],
    ["local", local],
  ])("counts a %s outcome neither way", async (_kind, outcome) => {
    await seeAll(100, outcome);
    await seeAll(4, failure);
    expect(breaker.state).toBe("closed");
    // A hundred counted as calls without failure would keep it closed.
    await see(failure);
    expect(breaker.state).toBe("open");
  });

  it("counts a failure when it is known, however long the call took", async () => {
    const slow = Array.from({ length: 5 }, begin);
    vi.advanceTimersByTime(60_000);
    for (const call of slow) await call.end(failure);
    expect(breaker.state).toBe("open");
  });

  it("gives no verdict when the action throws, and throws it on", async () => {
    const bug = new Error("bug");
    for (let time = 0; time < 10; time += 1) {
      await expect(breaker.run(() => Promise.reject(bug))).rejects.toBe(bug);
    }
    expect(breaker.state).toBe("closed");
  });
});

describe("an open breaker", () => {
  beforeEach(open);

  it("refuses without running the action", async () => {
    const call = begin();
    expect(call.letThrough).toBe(false);
    expect(await call.end(success)).toEqual(refused);
  });

  it("lets one call probe after its time, and no other with it", async () => {
    vi.advanceTimersByTime(4_999);
    expect(begin().letThrough).toBe(false);
    vi.advanceTimersByTime(1);
    const probe = begin();
    expect([probe.letThrough, begin().letThrough]).toEqual([true, false]);
    expect(await probe.end(success)).toBe(success);
    expect(breaker.state).toBe("closed");
    expect(changes).toEqual(["closed → open", "open → half-open", "half-open → closed"]);
  });

  it("is not closed by refusing: ten thousand refusals change no rate", async () => {
    await seeAll(10_000, success);
    vi.advanceTimersByTime(5_000);
    await see(success);
    expect(breaker.state).toBe("closed");
    await seeAll(5, failure);
    expect(breaker.state).toBe("open");
  });
});

describe("a half-open breaker", () => {
  beforeEach(halfOpen);

  it("opens again when the probe fails, and probes again after its time", async () => {
    await see(failure);
    expect(breaker.state).toBe("open");
    expect(await see(success)).toEqual(refused);
    vi.advanceTimersByTime(5_000);
    await see(success);
    expect(breaker.state).toBe("closed");
  });

  it.each([
    ["neutral", neutral],
    ["local", local],
  ])("neither closes nor opens on a %s probe, and lets the next call probe", async (_kind, outcome) => {
    for (let time = 0; time < 20; time += 1) {
      expect(await see(outcome)).toBe(outcome);
      expect(breaker.state).toBe("half-open");
    }
    await see(success);
    expect(breaker.state).toBe("closed");
  });

  it("lets the next call probe when the probe throws", async () => {
    await expect(breaker.run(() => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    await see(success);
    expect(breaker.state).toBe("closed");
  });

  it("closes with nothing held against the node: one new failure does not open it", async () => {
    await see(success);
    await seeAll(4, failure);
    expect(breaker.state).toBe("closed");
  });
});

describe("a verdict from an earlier period", () => {
  it("does not close a half-open breaker, nor take the probe's place", async () => {
    const early = begin();
    await halfOpen();
    await early.end(success);
    expect(breaker.state).toBe("half-open");
    await see(success);
    expect(breaker.state).toBe("closed");
  });

  it("does not open a half-open breaker, whose probe still decides", async () => {
    const early = begin();
    await halfOpen();
    const probe = begin();
    await early.end(failure);
    expect(breaker.state).toBe("half-open");
    await probe.end(success);
    expect(breaker.state).toBe("closed");
  });

  it("does not open a breaker that has closed since", async () => {
    const early = Array.from({ length: 20 }, begin);
    await halfOpen();
    await see(success);
    for (const call of early) await call.end(failure);
    expect(breaker.state).toBe("closed");
  });

  it("does not free the probe's place for a second probe when it is neutral", async () => {
    const early = begin();
    await halfOpen();
    const probe = begin();
    await early.end(neutral);
    expect(begin().letThrough).toBe(false);
    await probe.end(success);
  });

  it("of a probe cut off by an operator does not close it", async () => {
    await halfOpen();
    const probe = begin();
    breaker.isolate();
    await probe.end(success);
    expect(breaker.state).toBe("open");
  });
});

describe("isolate", () => {
  it("holds it open whatever time passes, until released", async () => {
    breaker.isolate();
    expect(vi.getTimerCount()).toBe(1); // the window's own
    vi.advanceTimersByTime(3_600_000);
    expect(await see(success)).toEqual(refused);
    breaker.release();
    await see(success);
    expect(changes).toEqual(["closed → open", "open → closed"]);
  });

  it("takes over from an open breaker without a sound, and its timer no longer counts", async () => {
    await open();
    breaker.isolate();
    vi.advanceTimersByTime(60_000);
    expect(breaker.state).toBe("open");
    breaker.release();
    expect(changes).toEqual(["closed → open", "open → closed"]);
  });

  it("is released with nothing held against the node", async () => {
    await seeAll(4, failure);
    breaker.isolate();
    breaker.release();
    await see(failure);
    expect(breaker.state).toBe("closed");
  });

  it("is what `release` undoes, and nothing else", async () => {
    await open();
    breaker.release();
    expect(breaker.state).toBe("open");
  });
});

describe("shutdown", () => {
  it("refuses from then on, ignores what comes in, and says nothing", async () => {
    const call = begin();
    breaker.shutdown();
    await call.end(failure);
    expect(await see(success)).toEqual(refused);
    expect(changes).toEqual([]);
  });
});
