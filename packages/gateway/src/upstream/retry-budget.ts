/** What one node's callers may spend on retries together: retries cannot multiply an outage. */
export interface RetryBudget {
  /** A call was made: it earns a part of a retry. */
  earn(): void;
  /** Takes one retry, if there is one. */
  spend(): boolean;
}

/** Thousandths: ten tenths added up as fractions come to less than one. */
const retry = 1_000;

/**
 * A token bucket, full at the start. After n calls at most `burst + ratio × n` retries were made, in any order.
 * @param ratio retries earned by one call, 0 to 1
 * @param burst retries that can be saved up
 */
export function createRetryBudget(ratio: number, burst: number): RetryBudget {
  const earned = Math.round(ratio * retry);
  const full = burst * retry;
  let saved = full;
  return {
    earn() {
      saved = Math.min(full, saved + earned);
    },
    spend() {
      if (saved < retry) return false;
      saved -= retry;
      return true;
    },
  };
}
