import { describe, expect, it } from "vitest";
import { chinaTime, instantOf } from "./index.ts";

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
