import { describe, expect, it } from "vitest";
import { isDisclosable } from "./disclosure.ts";

describe("isDisclosable", () => {
  it.each([
    ["current", undefined, true],
    ["annotated", undefined, true],
    ["repaired", undefined, false],
    ["withdrawn", undefined, false],
    ["current", "2024-01-31", true],
    ["current", "2024-02-01", true],
    ["current", "2024-01-30", false],
    ["annotated", "2024-01-30", false],
    ["repaired", "2099-12-31", false],
  ] as const)("a %s record disclosed until %s, on 2024-01-31: %s", (state, disclosedUntil, expected) => {
    const record = { state, ...(disclosedUntil !== undefined && { disclosedUntil }) };
    expect(isDisclosable(record, "2024-01-31")).toBe(expected);
  });
});
