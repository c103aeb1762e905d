import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { createCompany, createDeadline } from "../../exchange/index.ts";
import type { BreakerState } from "../breaker.ts";
import {
  type Call,
  createTarget,
  type TargetClient,
  type TargetDependencies,
  type TargetSettings,
} from "../target.ts";
import { type UpstreamSettings, upstreamDefaults } from "../targets.ts";
import { dongguan } from "./node.ts";

/** Times short enough for a test, no retries, and a breaker that opens at the third failure. */
export const testSettings: UpstreamSettings = {
  ...upstreamDefaults,
  connections: 8,
  maxConcurrent: 8,
  maxAnswerBytes: 1_000,
  connectTimeoutMs: 5_000,
  attemptTimeoutMs: 5_000,
  fairAttemptMs: 20,
  retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 2 },
  breaker: {
    volumeThreshold: 3,
    errorThresholdPercentage: 50,
    windowMs: 60_000,
    consecutiveFailures: 100,
    resetTimeoutMs: 60_000,
  },
};

export const elapsed = () => performance.now();

export interface Watched extends TargetDependencies {
  readonly changes: string[];
}

/** Dependencies of the real kind, which note each change of state. */
export function watched(): Watched {
  const changes: string[] = [];
  return {
    changes,
    now: elapsed,
    random: () => 0.5,
    onStateChange: (node, from: BreakerState, to: BreakerState) => changes.push(`${node}: ${from} → ${to}`),
  };
}

/** A client for Dongguan, closed at the end of the block that made it (`await using`). */
export function targetAt(
  origin: string,
  over: Partial<TargetSettings> = {},
  deps: TargetDependencies = watched(),
): TargetClient & AsyncDisposable {
  const target = createTarget(dongguan, origin, { ...testSettings, ...over }, deps);
  return { ...target, [Symbol.asyncDispose]: target.close };
}

export interface Asking extends Partial<Omit<Call<string>, "deadline">> {
  readonly deadlineMs?: number;
  /** Fires when the asker goes away. */
  readonly gone?: AbortSignal;
}

/** Asks a target one question, in a call of its own; a reply of "garbage" counts as the node's failure. */
export async function ask(target: TargetClient, { deadlineMs = 10_000, gone, ...over }: Asking = {}) {
  const deadline = createDeadline(deadlineMs, elapsed, gone);
  const outcome = await target.call({
    build: () => ({
      url: new URL("/v1/answers", target.origin),
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.from("{}"),
    }),
    read({ body }) {
      const text = Buffer.from(body).toString("utf8");
      return text === "garbage" ? err({ ...fault("answer.malformed"), kind: "failure" }) : ok(text);
    },
    idempotent: true,
    deadline,
    seat: createCompany(1).join(),
    ...over,
  });
  deadline.dispose();
  return outcome;
}

/** The outcome in a word: what was read, or the fault's code. */
export async function asked(target: TargetClient, how?: Asking): Promise<string> {
  const outcome = await ask(target, how);
  return outcome.ok ? outcome.value.value : outcome.error.code;
}

export async function askTimes(times: number, target: TargetClient, how?: Asking): Promise<string[]> {
  const said: string[] = [];
  for (let time = 0; time < times; time += 1) said.push(await asked(target, how));
  return said;
}
