import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  boundsOf,
  intervalAt,
  intervalSchema,
  isSettled,
  settledIntervals,
  settleSeconds,
} from "./interval.ts";

const instant = fc.integer({ min: 0, max: Date.parse("2099-12-31T23:59:59.999Z") });

describe("an interval", () => {
  it("is the one hour of UTC that holds an instant", () => {
    fc.assert(
      fc.property(instant, (at) => {
        const interval = intervalAt(at);
        const { from, to } = boundsOf(interval);
        expect(from).toBeLessThanOrEqual(at);
        expect(at).toBeLessThan(to);
        expect(to - from).toBe(3_600_000);
        expect(intervalAt(from)).toBe(interval);
        expect(intervalAt(to)).not.toBe(interval);
      }),
    );
  });

  it.each(["2026-03-01T24Z", "2026-02-30T00Z", "2026-13-01T02Z", "2026-03-01T02", "2026-03-01T02:00Z"])(
    "is not %s",
    (text) => {
      expect(intervalSchema.safeParse(text).success).toBe(false);
    },
  );

  it("is settled when nothing that began in it can still be under way", () => {
    const interval = intervalSchema.parse("2026-03-01T02Z");
    const settled = boundsOf(interval).to + settleSeconds * 1000;
    expect([settled - 1, settled].map((at) => isSettled(interval, at))).toEqual([false, true]);
  });

  it("follows the one before, as many as are settled and asked for", () => {
    const from = Date.parse("2026-03-01T02:30:00Z");
    const now = Date.parse("2026-03-01T05:06:00Z");
    const three = ["2026-03-01T02Z", "2026-03-01T03Z", "2026-03-01T04Z"];
    expect(settledIntervals(from, now, 10)).toEqual(three);
    expect(settledIntervals(from, now, 2)).toEqual(three.slice(0, 2));
    expect(settledIntervals(from, now - 1, 10)).toEqual(three.slice(0, 2));
  });
});
