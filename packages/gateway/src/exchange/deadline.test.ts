import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDeadline } from "./deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const now = () => Date.now();

describe("createDeadline", () => {
  it("expires once, at its instant, and counts down to it", () => {
    const deadline = createDeadline(100, now);
    expect(deadline.expiresAt).toBe(now() + 100);
    vi.advanceTimersByTime(99);
    expect(deadline.remainingMs()).toBe(1);
    expect(deadline.ended()).toBeUndefined();
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.remainingMs()).toBe(0);
    expect(deadline.ended()).toBe("expired");
    expect(deadline.signal.reason).toMatchObject({ name: "TimeoutError" });
  });

  it("does not go off before a fraction of a millisecond has passed", () => {
    const deadline = createDeadline(1.5, now);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
  });

  it("ends as cancelled when its parent aborts, with the parent's reason", () => {
    const parent = new AbortController();
    const deadline = createDeadline(100, now, parent.signal);
    parent.abort("the asker went away");
    expect(deadline.ended()).toBe("cancelled");
    expect(deadline.remainingMs()).toBe(0);
    expect(deadline.signal.reason).toBe("the asker went away");
  });

  it("keeps the first end it came to", () => {
    const parent = new AbortController();
    const deadline = createDeadline(100, now, parent.signal);
    vi.advanceTimersByTime(100);
    parent.abort();
    expect(deadline.ended()).toBe("expired");
  });

  it.each([0, -1])("has expired at once with %d ms", (ms) => {
    const deadline = createDeadline(ms, now);
    expect(deadline.ended()).toBe("expired");
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.remainingMs()).toBe(0);
  });

  it("has ended before it began when the parent had", () => {
    expect(createDeadline(100, now, AbortSignal.abort()).ended()).toBe("cancelled");
  });

  it("ends by the clock while the timer is held up", () => {
    let clock = 0;
    const deadline = createDeadline(100, () => clock);
    clock = 150;
    expect(deadline.ended()).toBe("expired");
    expect(deadline.remainingMs()).toBe(0);
    expect(deadline.signal.aborted).toBe(false);
    deadline.dispose();
  });

  it("never aborts after it is disposed of, and lets go of its parent", () => {
    const parent = new AbortController();
    const removed = vi.spyOn(parent.signal, "removeEventListener");
    const deadline = createDeadline(100, now, parent.signal);
    deadline.dispose();
    expect(removed).toHaveBeenCalledTimes(1);
    parent.abort();
    vi.advanceTimersByTime(200);
    expect(deadline.signal.aborted).toBe(false);
  });
});
