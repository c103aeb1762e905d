import { describe, expect, it } from "vitest";
import { growthOf } from "./index.ts";

const day = 86_400_000;
const now = 100 * day;

describe("how long the disk lasts", () => {
  /** A thousand entries a day, the last one now. */
  const steady = (days: number) => ({
    size: days * 1_000,
    archived: 0,
    usedBytes: days * 1_000_000,
    writtenAt: (index: number) => now - (days * 1_000 - 1 - index) * (day / 1_000),
  });

  it("is the room over what the last week took a day", () => {
    const { bytesPerDay, daysLeft } = growthOf(steady(50), 30_000_000, now);
    expect(bytesPerDay / 1_000_000).toBeCloseTo(1, 2);
    expect(daysLeft).toBeCloseTo(30, 1);
  });

  it("counts a log younger than a week by the days that it has", () => {
    expect(growthOf(steady(3), 30_000_000, now).daysLeft).toBeCloseTo(30, 0);
  });

  it("knows a day at least: an hour of imports is no rate", () => {
    const young = { size: 1_000, archived: 0, usedBytes: 1_000_000, writtenAt: () => now - 60_000 };
    expect(growthOf(young, 2_000_000, now)).toEqual({ bytesPerDay: 1_000_000, daysLeft: 2 });
  });

  it("is none where nothing is written, and 0 where there is no room", () => {
    expect(growthOf({ ...steady(1), size: 0 }, 1, now)).toEqual({ bytesPerDay: 0 });
    const old = { ...steady(2), writtenAt: () => now - 30 * day };
    expect(growthOf(old, 1, now)).toEqual({ bytesPerDay: 0 });
    expect(growthOf(steady(10), -5, now).daysLeft).toBe(0);
  });
});
