import type { Code } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDeadline } from "../exchange/index.ts";
import { type FaultKind, type UpstreamFault, upstreamFault } from "./fault.ts";
import { type Retrying, withRetries } from "./retry.ts";
import { createRetryBudget } from "./retry-budget.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => Date.now();
const unreachable = err(upstreamFault("failure", "node.unreachable"));

function retrying(over: Partial<Retrying> = {}): Retrying {
  return {
    settings: { maxAttempts: 3, baseDelayMs: 100, maxDelayMs: 1_000 },
    budget: createRetryBudget(0, 10),
    deadline: createDeadline(10_000, now),
    allowed: () => true,
    random: () => 0.5,
    ...over,
  };
}

/** Plays the outcomes in turn, the last one for ever, and notes when each attempt began. */
function playing(...outcomes: Result<string, UpstreamFault>[]) {
  const begun = now();
  const at: number[] = [];
  const attempt = async () => {
    at.push(now() - begun);
    return outcomes[Math.min(at.length, outcomes.length) - 1] ?? ok("");
  };
  return { attempt, at };
}

async function settle<T>(work: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return work;
}

describe("withRetries", () => {
  it("returns the first success and what it took", async () => {
    const { attempt } = playing(unreachable, unreachable, ok("answer"));
    expect(await settle(withRetries(attempt, retrying()))).toEqual({ outcome: ok("answer"), attempts: 3 });
  });

  it("gives up after its attempts, with the last fault", async () => {
    const { attempt } = playing(unreachable, err(upstreamFault("failure", "node.status")));
    const { outcome, attempts } = await settle(withRetries(attempt, retrying()));
    expect(outcome).toMatchObject({ error: { code: "node.status" } });
    expect(attempts).toBe(3);
  });

  it("pauses for a random part of a bound that doubles up to its maximum", async () => {
    const settings = { maxAttempts: 6, baseDelayMs: 100, maxDelayMs: 400 };
    const { attempt, at } = playing(unreachable);
    await settle(withRetries(attempt, retrying({ settings })));
    expect(at).toEqual([0, 50, 150, 350, 550, 750]);
    const eager = playing(unreachable);
    await settle(withRetries(eager.attempt, retrying({ settings, random: () => 0 })));
    expect(new Set(eager.at)).toEqual(new Set([0]));
  });

  it.each<[FaultKind, Code]>([
    ["neutral", "node.rejected"],
    ["neutral", "node.cancelled"],
    ["neutral", "node.timeout"],
    ["failure", "answer.too-large"],
    ["failure", "answer.signature-invalid"],
  ])("does not try again after a %s %s", async (kind, code) => {
    const { attempt } = playing(err(upstreamFault(kind, code)));
    expect(await settle(withRetries(attempt, retrying()))).toMatchObject({ attempts: 1 });
  });

  it.each<Code>(["node.circuit-open", "node.busy"])("counts no attempt when %s comes first", async (code) => {
    const budget = createRetryBudget(1, 1);
    budget.spend();
    const { attempt } = playing(err(upstreamFault("local", code)));
    const tried = await settle(withRetries(attempt, retrying({ budget })));
    expect(tried).toMatchObject({ attempts: 0, outcome: { error: { code } } });
    expect(budget.spend()).toBe(false);
  });

  it("keeps the node's fault when a retry is refused here", async () => {
    const { attempt } = playing(unreachable, err(upstreamFault("local", "node.circuit-open")));
    const tried = await settle(withRetries(attempt, retrying()));
    expect(tried).toEqual({ outcome: unreachable, attempts: 1 });
  });

  it("does not try again when it may not", async () => {
    const { attempt } = playing(unreachable);
    expect(await settle(withRetries(attempt, retrying({ allowed: () => false })))).toMatchObject({
      attempts: 1,
    });
  });

  it("shares one budget among all calls", async () => {
    const budget = createRetryBudget(0.1, 5);
    const calls = Array.from({ length: 100 }, () =>
      withRetries(playing(unreachable).attempt, retrying({ budget })),
    );
    const tried = await settle(Promise.all(calls));
    const retries = tried.reduce((sum, { attempts }) => sum + attempts - 1, 0);
    expect(retries).toBeGreaterThanOrEqual(10);
    expect(retries).toBeLessThanOrEqual(5 + 100 * 0.1);
  });

  it("does not begin a pause that ends past the deadline", async () => {
    const deadline = createDeadline(50, now);
    const { attempt, at } = playing(unreachable);
    await withRetries(attempt, retrying({ deadline }));
    expect(at).toEqual([0]);
    deadline.dispose();
  });

  it("wakes from its pause when the caller goes away, and does not try again", async () => {
    const parent = new AbortController();
    const deadline = createDeadline(1_000, now, parent.signal);
    const { attempt, at } = playing(unreachable);
    const work = withRetries(attempt, retrying({ deadline }));
    await vi.advanceTimersByTimeAsync(10);
    parent.abort();
    expect(await work).toEqual({ outcome: unreachable, attempts: 1 });
    expect(at).toEqual([0]);
  });
});
