import { describe, expect, it } from "vitest";
import { chinaTime, instantOf, isToCome } from "./index.ts";

describe("an instant", () => {
  it.each([
    ["2026-03-01", "2026-02-28T16:00:00.000Z"],
    ["2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"],
    ["2026-13-01", "2026-13-01"],
  ])("that is given as %s is %s", (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });
});

it("is shown as a clock in Beijing shows it", () => {
  expect(chinaTime(Date.parse("2026-02-28T16:00:05.999Z"))).toBe("2026-03-01 00:00:05");
});

describe("a day", () => {
  const beforeMidnight = Date.parse("2026-03-01T15:59:59Z");
  it.each([
    ["2026-03-01", beforeMidnight, "own", false],
    ["2026-03-02", beforeMidnight, "own", true],
    ["2026-03-02", beforeMidnight + 1_000, "own", false],
    ["2026-03-02", beforeMidnight, "another's", false],
    ["2026-03-03", beforeMidnight, "another's", true],
  ] as const)("%s at %s by %s clock is to come: %s", (day, now, whose, expected) => {
    expect(isToCome(day, now, whose)).toBe(expected);
  });
});
