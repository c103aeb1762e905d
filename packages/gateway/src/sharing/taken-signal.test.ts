import { describe, expect, it } from "vitest";
import { createTakenSignal } from "./taken-signal.ts";

const never = new AbortController().signal;
/** Far beyond the time that a test has: what ends the wait is something else. */
const long = 3_600_000;

describe("who waits for something new", () => {
  it("is woken by it, everyone at once", async () => {
    const signal = createTakenSignal();
    const waiting = [signal.until(long, never), signal.until(long, never)];
    signal.taken();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  });

  it("is let go when its time is over", async () => {
    await expect(createTakenSignal().until(1, never)).resolves.toBeUndefined();
  });

  it("is let go when it has gone away, before or while it waits", async () => {
    const signal = createTakenSignal();
    const going = new AbortController();
    const waiting = signal.until(long, going.signal);
    going.abort();
    await waiting;
    await expect(signal.until(long, going.signal)).resolves.toBeUndefined();
  });

  it("is let go when the gateway drains, and nobody waits any more after it", async () => {
    const signal = createTakenSignal();
    const waiting = signal.until(long, never);
    signal.close();
    await waiting;
    await expect(signal.until(long, never)).resolves.toBeUndefined();
  });
});
