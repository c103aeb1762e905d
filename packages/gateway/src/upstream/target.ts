import type { NodeId } from "@xinqiao/protocol/identity";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { createDeadline, type Deadline, type Seat } from "../exchange/index.ts";
import { type AttemptSettings, attempt, type BuildAttempt, type ReadReply } from "./attempt.ts";
import { type BreakerSettings, type BreakerState, createBreaker } from "./breaker.ts";
import { createBulkhead } from "./bulkhead.ts";
import { type UpstreamFault, upstreamFault } from "./fault.ts";
import { waitForProbe } from "./probe.ts";
import { type RetrySettings, type Tried, withRetries } from "./retry.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { createWire, type WireSettings } from "./wire.ts";

/** One question to one node, however often it has to be put. */
export interface Call<T> {
  readonly build: BuildAttempt;
  readonly read: ReadReply<T>;
  readonly deadline: Deadline;
  readonly seat: Seat;
  /** Whether asking twice does no harm; only then is it retried. */
  readonly idempotent: boolean;
}

interface Effort {
  /** Requests that left for the node. */
  readonly attempts: number;
  /** From the call to its outcome, pauses included, in milliseconds. */
  readonly latencyMs: number;
}

export interface Reply<T> extends Effort {
  readonly value: T;
}

export interface CallFault extends UpstreamFault, Effort {}

export interface TargetSnapshot {
  readonly node: NodeId;
  readonly origin: string;
  readonly state: BreakerState;
  /** Open by an operator's hand, not by what the node did. */
  readonly isolated: boolean;
  /** Calls that hold a place now. */
  readonly inUse: number;
}

/** The way to one node: nothing in it is shared with another's. */
export interface TargetClient {
  readonly node: NodeId;
  readonly origin: string;
  /**
   * Never outlasts the deadline and never fails by an exception that is not a bug. Codes: `node.*`,
   * `answer.too-large`, `server.draining` after `close`, and what `read` returns.
   */
  call<T>(call: Call<T>): Promise<Result<Reply<T>, CallFault>>;
  state(): BreakerState;
  /** Refuses every call until `release`, by an operator's hand. */
  isolate(): void;
  release(): void;
  snapshot(): TargetSnapshot;
  /** Refuses new calls, lets those under way end, then closes the sockets. */
  close(): Promise<void>;
}

export interface TargetSettings extends AttemptSettings, WireSettings {
  /** Calls to one node under way. */
  readonly maxConcurrent: number;
  /** Retries per call, over many calls: 0.1 is one in ten. */
  readonly retryRatio: number;
  /** Retries that can be saved up for a bad moment. */
  readonly retryBurst: number;
  readonly retry: RetrySettings;
  readonly breaker: BreakerSettings;
}

export interface TargetDependencies {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
  /** Every change of a breaker, in order. Must not throw. */
  readonly onStateChange: (node: NodeId, from: BreakerState, to: BreakerState) => void;
}

/** @param origin of the member's endpoint, `https://host[:port]` */
export function createTarget(
  node: NodeId,
  origin: string,
  settings: TargetSettings,
  { now, random, onStateChange }: TargetDependencies,
): TargetClient {
  const wire = createWire(origin, settings);
  const bulkhead = createBulkhead(settings.maxConcurrent);
  const breaker = createBreaker(settings.breaker, (from, to) => onStateChange(node, from, to), now);
  const budget = createRetryBudget(settings.retryRatio, settings.retryBurst);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const ask = <T>(call: Call<T>, deadline: Deadline) =>
    breaker.run(() => attempt({ ...call, deadline }, { wire, bulkhead, settings, now }));

  /** Nobody who is gone already sends a probe on its way. */
  const mayProbe = <T>({ deadline }: Call<T>) =>
    breaker.state === "half-open" && deadline.ended() === undefined;

  const tryWith = <T>(call: Call<T>): Promise<Tried<T>> =>
    withRetries(() => ask(call, call.deadline), {
      settings: settings.retry,
      budget,
      deadline: call.deadline,
      allowed: () => call.idempotent && breaker.state === "closed",
      random,
    });

  /** A probe has an attempt's whole time, whatever the caller's deadline: past it the node has failed. */
  function probeWith<T>(call: Call<T>): Promise<Tried<T>> {
    const limit = createDeadline(settings.attemptTimeoutMs, now);
    const probing = track(ask(call, limit).finally(limit.dispose));
    return waitForProbe(probing, call);
  }

  async function run<T>(call: Call<T>): Promise<Result<Reply<T>, CallFault>> {
    const begun = now();
    const { outcome, attempts } = await (mayProbe(call) ? probeWith(call) : tryWith(call));
    const effort = { attempts, latencyMs: now() - begun };
    return outcome.ok ? ok({ value: outcome.value, ...effort }) : err({ ...outcome.error, ...effort });
  }

  /** Until `close` has seen the end of it. */
  function track<T>(running: Promise<T>): Promise<T> {
    underWay.add(running);
    const forget = () => underWay.delete(running);
    running.then(forget, forget);
    return running;
  }

  async function drain(): Promise<void> {
    await Promise.allSettled(underWay);
    breaker.shutdown();
    await wire.close();
  }

  return {
    node,
    origin,
    async call(call) {
      if (closing !== undefined)
        return err({ ...upstreamFault("local", "server.draining"), attempts: 0, latencyMs: 0 });
      return track(run(call));
    },
    state: () => breaker.state,
    isolate: breaker.isolate,
    release: breaker.release,
    snapshot: () => ({
      node,
      origin,
      state: breaker.state,
      isolated: breaker.isolated,
      inUse: bulkhead.inUse,
    }),
    close() {
      closing ??= drain();
      return closing;
    },
  };
}
