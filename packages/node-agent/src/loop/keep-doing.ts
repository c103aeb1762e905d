import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "@xinqiao/protocol/result";

export interface LoopOptions<Reason> {
  /** Told of the first of several faults in a row. */
  readonly onFault: (reason: Reason) => void;
  readonly onError: (error: unknown) => void;
  /** Ends when the time is over or the signal fires. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pauseFor = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/** After a fault it is tried again, less and less often, up to this. */
const [firstRetryMs, mostRetryMs] = [500, 30_000];

/**
 * Does something over and over from now on: at once while it finds something to do, and after `pauseMs` when it does not.
 * @returns what ends it
 */
export function keepDoing<Reason>(
  work: (signal: AbortSignal) => Promise<Result<{ readonly again: boolean }, Reason>>,
  pauseMs: number,
  { onFault, onError, pause: wait = pauseFor }: LoopOptions<Reason>,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failing = false;

  async function once(): Promise<number> {
    try {
      const done = await work(signal);
      if (done.ok) {
        failing = false;
        return done.value.again ? 0 : pauseMs;
      }
      if (!failing && !signal.aborted) onFault(done.error);
    } catch (error) {
      onError(error);
    }
    failing = true;
    return Number.NaN;
  }

  async function run(): Promise<void> {
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      const pause = await once();
      await wait(failing ? retryMs : pause, signal);
      retryMs = failing ? Math.min(retryMs * 2, mostRetryMs) : firstRetryMs;
    }
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
