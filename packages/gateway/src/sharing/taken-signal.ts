/** Tells those who wait that something has come. */
export interface TakenSignal {
  taken(): void;
  /** Resolves when something has come since it was called, the time is over, or the one who waits is gone. */
  until(ms: number, gone: AbortSignal): Promise<void>;
  /** Lets everybody go. */
  close(): void;
}

export function createTakenSignal(): TakenSignal {
  let closed = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const go of [...waiting]) go();
  };
  return {
    taken: wake,
    until(ms, gone) {
      if (closed || gone.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const go = () => {
          clearTimeout(timer);
          gone.removeEventListener("abort", go);
          waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, ms);
        gone.addEventListener("abort", go);
        waiting.add(go);
      });
    },
    close() {
      closed = true;
      wake();
    },
  };
}
