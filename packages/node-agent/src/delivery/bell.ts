/** Wakes who waits; who comes after it rang does not wait. */
export interface Bell {
  ring(): void;
  /** Resolves when it rang since last heard, when the time is over, or when the signal fires. */
  heard(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let rang = false;
  let wake = () => {};
  return {
    ring() {
      rang = true;
      wake();
    },
    async heard(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, ms);
      const stop = () => resolve();
      signal.addEventListener("abort", stop);
      if (rang || signal.aborted) resolve();
      await promise;
      signal.removeEventListener("abort", stop);
      clearTimeout(timer);
      rang = false;
    },
  };
}
