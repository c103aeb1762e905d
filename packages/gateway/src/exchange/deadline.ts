export type DeadlineEnd = "expired" | "cancelled";

/** One absolute end for everything done on a caller's behalf. Nested ones end with their parent. */
export interface Deadline {
  /** Aborts at the end, once; never after `dispose`. */
  readonly signal: AbortSignal;
  /** Milliseconds on the clock it was made with. */
  readonly expiresAt: number;
  /** Milliseconds left, fractions included: never negative, and 0 once the signal has aborted. */
  remainingMs(): number;
  /** Why it ended; `undefined` while time is left. */
  ended(): DeadlineEnd | undefined;
  /** Stops the timer and lets go of the parent. Whoever makes a deadline disposes of it. */
  dispose(): void;
}

/**
 * A deadline `ms` milliseconds (fewer than 2³¹) from now. One timer. When `parent` aborts it has ended
 * as `cancelled`, whatever the parent's reason; when time runs out it has `expired`.
 * @param now a monotonic clock in milliseconds: a stepped wall clock must not stretch a deadline
 */
export function createDeadline(ms: number, now: () => number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const expiresAt = now() + ms;
  let end: DeadlineEnd | undefined;

  const dispose = () => {
    clearTimeout(timer);
    parent?.removeEventListener("abort", cancel);
  };
  const finish = (why: DeadlineEnd, reason: unknown) => {
    dispose();
    end = why;
    controller.abort(reason);
  };
  const cancel = () => finish("cancelled", parent?.reason);
  const expire = () => finish("expired", new DOMException("the deadline has passed", "TimeoutError"));

  // A timer takes whole milliseconds: rounding up keeps it from going off before the end.
  const timer = setTimeout(expire, Math.max(0, Math.ceil(ms)));
  if (parent?.aborted) cancel();
  else if (ms <= 0) expire();
  else parent?.addEventListener("abort", cancel, { once: true });

  const remainingMs = () => (end === undefined ? Math.max(0, expiresAt - now()) : 0);
  return {
    signal: controller.signal,
    expiresAt,
    remainingMs,
    // A busy event loop runs the timer late; the clock says first that time is up.
    ended: () => end ?? (remainingMs() > 0 ? undefined : "expired"),
    dispose,
  };
}
