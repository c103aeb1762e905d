import { err, ok, type Result } from "@xinqiao/protocol/result";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Breaker, type BreakerSettings, createBreaker } from "./breaker.ts";
import { type UpstreamFault, upstreamFault } from "./fault.ts";

type Outcome = Result<string, UpstreamFault>;

const outcomes: Readonly<Record<string, Outcome>> = {
  success: ok("answer"),
  failure: err(upstreamFault("failure", "node.timeout")),
  neutral: err(upstreamFault("neutral", "node.rejected")),
  local: err(upstreamFault("local", "node.busy")),
};
const settings: BreakerSettings = {
  volumeThreshold: 3,
  errorThresholdPercentage: 50,
  windowMs: 1_000,
  consecutiveFailures: 4,
  resetTimeoutMs: 500,
};

/** What may happen: a call begins, one of those under way ends (early or long after), time passes. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("begin" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      which: fc.nat({ max: 20 }),
      outcome: fc.constantFrom(...Object.values(outcomes)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat({ max: 700 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface UnderWay {
  readonly end: (outcome: Outcome) => void;
  readonly result: Promise<Outcome>;
  /** In which period it was let through: how many changes of state there had been. */
  readonly period: number;
}

interface Played {
  readonly breaker: Breaker;
  readonly changes: readonly (readonly [from: string, to: string])[];
  readonly underWay: readonly UnderWay[];
}

async function play(steps: readonly Step[]): Promise<Played> {
  const changes: [string, string][] = [];
  const breaker = createBreaker(settings, (from, to) => changes.push([from, to]), Date.now);
  const underWay: UnderWay[] = [];
  for (const happens of steps) {
    if (happens.kind === "wait") {
      vi.advanceTimersByTime(happens.ms);
    } else if (happens.kind === "end") {
      const [call] = underWay.splice(happens.which % Math.max(1, underWay.length), 1);
      call?.end(happens.outcome);
      await call?.result;
    } else {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      const action = vi.fn(() => promise);
      const period = changes.length;
      const probing = underWay.some((call) => call.period === period);
      const admits = breaker.state === "closed" || (breaker.state === "half-open" && !probing);
      const result = breaker.run(action);
      expect(action.mock.calls.length === 1, `${breaker.state}, probing: ${probing}`).toBe(admits);
      if (admits) underWay.push({ end: resolve, result, period });
    }
  }
  return { breaker, changes, underWay };
}

const anySteps = fc.array(step, { maxLength: 80 });

describe("the breaker, whatever has happened", () => {
  it("lets every call through while closed, one at a time while half-open, none while open", async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const { breaker } = await play(steps);
        breaker.shutdown();
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("changes only from closed to open to half-open to either, and tells each change once", async () => {
    const lawful = ["closed → open", "open → half-open", "half-open → closed", "half-open → open"];
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const { breaker, changes } = await play(steps);
        let state = "closed";
        for (const [from, to] of changes) {
          expect(from).toBe(state);
          expect(lawful).toContain(`${from} → ${to}`);
          state = to;
        }
        expect(breaker.state).toBe(state);
        breaker.shutdown();
      }),
      { numRuns: 500 },
    );
  });

  it("is closed again after its reset time and one healthy call: it is never stuck", async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, fc.constantFrom(...Object.values(outcomes)), async (steps, last) => {
        const { breaker, underWay } = await play(steps);
        // Every call ends, because its attempt has a timeout.
        for (const call of underWay) {
          call.end(last);
          await call.result;
        }
        vi.advanceTimersByTime(settings.resetTimeoutMs);
        expect(await breaker.run(async () => ok("healthy"))).toEqual(ok("healthy"));
        expect(breaker.state).toBe("closed");
        breaker.shutdown();
      }),
      { numRuns: 500 },
    );
  });
});
