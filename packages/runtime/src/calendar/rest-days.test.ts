import { describe, expect, it } from "vitest";
import { isRestDay, officialDays } from "./index.ts";

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
