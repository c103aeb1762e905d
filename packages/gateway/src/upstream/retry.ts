import type { Code } from "@xinqiao/protocol/problem";
import type { Result } from "@xinqiao/protocol/result";
import type { Deadline } from "../exchange/index.ts";
import type { UpstreamFault } from "./fault.ts";
import type { RetryBudget } from "./retry-budget.ts";

export interface RetrySettings {
  /** The first attempt included. */
  readonly maxAttempts: number;
  /** Upper bound of the first pause, in milliseconds; it doubles with each. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

export interface Retrying {
  readonly settings: RetrySettings;
  readonly budget: RetryBudget;
  readonly deadline: Deadline;
  /** Asked before each retry. */
  readonly allowed: () => boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Tried<T> {
  readonly outcome: Result<T, UpstreamFault>;
  /** How many were sent: 0 when the first was refused here. */
  readonly attempts: number;
}

/** Passing trouble. A garbled or oversized answer would be the same again, and a refusal is an answer. */
const passing: ReadonlySet<Code> = new Set(["node.unreachable", "node.timeout", "node.status"]);

/**
 * Tries again with full jitter while the trouble may pass, the budget has a retry left and the pause
 * ends before the deadline. A retry that is refused here does not hide what the node did before it.
 */
export async function withRetries<T>(
  attempt: () => Promise<Result<T, UpstreamFault>>,
  { settings, budget, deadline, allowed, random }: Retrying,
): Promise<Tried<T>> {
  let outcome = await attempt();
  if (isLocal(outcome)) return { outcome, attempts: 0 };
  budget.earn();
  let attempts = 1;
  while (mayPass(outcome) && attempts < settings.maxAttempts && allowed()) {
    const pauseMs = random() * Math.min(settings.maxDelayMs, settings.baseDelayMs * 2 ** (attempts - 1));
    if (pauseMs >= deadline.remainingMs() || !budget.spend()) break;
    await pause(pauseMs, deadline.signal);
    if (deadline.ended() !== undefined) break;
    const again = await attempt();
    if (isLocal(again)) break;
    outcome = again;
    attempts += 1;
  }
  return { outcome, attempts };
}

function isLocal(outcome: Result<unknown, UpstreamFault>): boolean {
  return !outcome.ok && outcome.error.kind === "local";
}

function mayPass(outcome: Result<unknown, UpstreamFault>): boolean {
  return !outcome.ok && outcome.error.kind === "failure" && passing.has(outcome.error.code);
}

/** Waits `ms` milliseconds or until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => resolve();
  signal.addEventListener("abort", wake, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
  });
}
