import { describe, expect, it } from "vitest";
import { createWorkingDays, isRestDay, officialDays, workingDayAfter } from "./index.ts";

const official = officialDays();

describe("a rest day", () => {
  it.each([
    ["2026-02-17", true, "Spring Festival"],
    ["2026-02-28", false, "a Saturday that is worked in its stead"],
    ["2026-03-07", true, "a Saturday"],
    ["2026-03-09", false, "a Monday"],
  ])("%s: %s, %s", (day, rest) => {
    expect(isRestDay(day, official)).toBe(rest);
  });

  it("is as the announcement given says, whatever the library has", () => {
    const given = { holidays: { "2026-03-09": "示例" }, workdays: { "2026-03-07": "示例" } };
    expect(isRestDay("2026-03-09", given)).toBe(true);
    expect(isRestDay("2026-03-07", given)).toBe(false);
  });
});

describe("a working day after another", () => {
  it.each([
    ["2026-03-09", 1, "2026-03-10", "a Monday's next"],
    ["2026-03-06", 1, "2026-03-09", "a Friday's is the Monday"],
    ["2026-02-13", 1, "2026-02-14", "a Saturday that is worked"],
    ["2026-02-14", 1, "2026-02-24", "behind the whole of the Spring Festival"],
    ["2026-03-06", 7, "2026-03-17", "seven of them"],
  ])("%s + %i is %s: %s", (day, n, expected) => {
    expect(workingDayAfter(day, n, official)).toBe(expected);
  });

  it("is the same when it was reckoned before, for each number by itself", () => {
    const after = createWorkingDays(official);
    for (const n of [1, 7, 1, 7])
      expect(after("2026-03-06", n)).toBe(workingDayAfter("2026-03-06", n, official));
  });
});
