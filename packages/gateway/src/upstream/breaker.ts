import { EventEmitter } from "node:events";
import { err, type Result } from "@xinqiao/protocol/result";
import CircuitBreaker from "opossum";
import { type UpstreamFault, upstreamFault } from "./fault.ts";

export type BreakerState = "closed" | "open" | "half-open";

export interface BreakerSettings {
  /** Verdicts within the window before the error rate means anything. */
  readonly volumeThreshold: number;
  /** Opens above this share of failures, 1 to 100; exactly at it stays closed. */
  readonly errorThresholdPercentage: number;
  /**
   * Opens too at this many failures with no success between them over more than a window: a lone asker with long
   * deadlines never fills one. Failures that come at once are the error rate's to judge: they may be one reset.
   */
  readonly consecutiveFailures: number;
  /** Length of the rolling window, in milliseconds. */
  readonly windowMs: number;
  /** How long it stays open before one call may probe, in milliseconds. */
  readonly resetTimeoutMs: number;
}

export interface Breaker {
  readonly state: BreakerState;
  /** Held open by hand. */
  readonly isolated: boolean;
  /**
   * Runs the action and takes its verdict from the result; or returns `node.circuit-open` without running
   * it. An action that throws has no verdict.
   */
  run<T>(action: () => Promise<Result<T, UpstreamFault>>): Promise<Result<T, UpstreamFault>>;
  /** Holds it open, without a timer, until `release`. */
  isolate(): void;
  /** Closes it after `isolate`, with nothing held against the node. */
  release(): void;
  /** Stops the timers; the state is `open` from then on. */
  shutdown(): void;
}

/** Called at every change, in order. Must not throw. */
export type OnBreakerChange = (from: BreakerState, to: BreakerState) => void;

type Verdict = "success" | "failure";

/** A stretch of time in one state. A verdict counts only in the period in which its call was let through. */
interface Period {
  readonly state: BreakerState;
  /** In a half-open period one call at a time probes; a probe without a verdict hands its place on. */
  probing: boolean;
}

const buckets = 10;

/**
 * opossum keeps the window, the threshold and the timer; letting calls through is ours. It is fired when
 * a verdict is there, with the verdict: so its counts hold neither calls under way, nor refusals while
 * open, nor neutral and local outcomes, nor verdicts of an earlier period.
 * @param now monotonic milliseconds
 */
export function createBreaker(
  settings: BreakerSettings,
  onChange: OnBreakerChange,
  now: () => number,
): Breaker {
  const window = createWindow(settings.windowMs);
  const circuit = new CircuitBreaker(applyVerdict, {
    // Each of these would count, abort or sort something that is not a verdict.
    timeout: false,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    resetTimeout: settings.resetTimeoutMs,
    volumeThreshold: settings.volumeThreshold,
    errorThresholdPercentage: settings.errorThresholdPercentage,
    rollingCountTimeout: settings.windowMs,
    rollingCountBuckets: buckets,
    rotateBucketController: window.rotation,
  });
  let isolated = false;
  let period: Period = { state: "closed", probing: false };
  let row = { failures: 0, since: 0 };

  const beginPeriod = () => {
    const from = period.state;
    const state = isolated ? "open" : stateOf(circuit);
    if (state === from) return;
    period = { state, probing: false };
    row = { failures: 0, since: 0 };
    onChange(from, state);
  };
  const apply = (verdict: Verdict) => {
    row = verdict === "success" ? { failures: 0, since: 0 } : longer(row, now());
    const lasting = row.failures >= settings.consecutiveFailures && now() - row.since > settings.windowMs;
    const enough = period.state === "closed" && lasting;
    void circuit.fire(verdict).catch(ignore);
    if (enough) circuit.open();
  };
  circuit.on("open", beginPeriod).on("halfOpen", beginPeriod);
  circuit.on("close", () => {
    // What was counted before the outage would let one new failure open it again.
    window.forget();
    beginPeriod();
  });

  return {
    get state() {
      return period.state;
    },
    get isolated() {
      return isolated;
    },
    async run(action) {
      const mine = period;
      if (mine.state === "open" || mine.probing) return err(upstreamFault("local", "node.circuit-open"));
      mine.probing = mine.state === "half-open";
      let verdict: Verdict | undefined;
      try {
        const outcome = await action();
        verdict = verdictOn(outcome);
        return outcome;
      } finally {
        if (verdict === undefined) mine.probing = false;
        else if (mine === period) apply(verdict);
      }
    },
    isolate() {
      isolated = true;
      circuit.close();
      beginPeriod();
    },
    release() {
      if (!isolated) return;
      isolated = false;
      window.forget();
      beginPeriod();
    },
    shutdown() {
      window.stop();
      circuit.shutdown();
      period = { state: "open", probing: false };
    },
  };
}

/** Failures without a success between them, and when the first of them was known. */
interface FailureRow {
  readonly failures: number;
  readonly since: number;
}

function longer({ failures, since }: FailureRow, now: number): FailureRow {
  return { failures: failures + 1, since: failures === 0 ? now : since };
}

function stateOf(circuit: CircuitBreaker<[Verdict], void>): BreakerState {
  if (circuit.closed) return "closed";
  return circuit.halfOpen ? "half-open" : "open";
}

function verdictOn(outcome: Result<unknown, UpstreamFault>): Verdict | undefined {
  if (outcome.ok) return "success";
  return outcome.error.kind === "failure" ? "failure" : undefined;
}

const failed = new Error("the node failed");

/** Throws rather than rejects: opossum then acts before `run` returns, and nobody sees a state gone by. */
function applyVerdict(verdict: Verdict): Promise<void> {
  if (verdict === "failure") throw failed;
  return Promise.resolve();
}

function ignore(): void {
  // The rejection repeats the verdict that was fired.
}

interface Window {
  readonly rotation: EventEmitter;
  forget(): void;
  stop(): void;
}

/** opossum's rolling window on a timer of ours, because its own cannot be emptied. */
function createWindow(windowMs: number): Window {
  const rotation = new EventEmitter();
  const rotate = () => rotation.emit("rotate");
  const timer = setInterval(rotate, Math.ceil(windowMs / buckets));
  timer.unref();
  return {
    rotation,
    forget() {
      for (let bucket = 0; bucket < buckets; bucket += 1) rotate();
    },
    stop: () => clearInterval(timer),
  };
}
