import { describe, expect, it } from "vitest";
import { cellText } from "./cell.ts";

describe("cellText", () => {
  it.each<[unknown, string]>([
    ["示例", "示例"],
    ["", ""],
    [null, ""],
    [undefined, ""],
    [0.5, "0.5"],
    [0.1 + 0.2, "0.3"],
    [20240102, "20240102"],
    [123456789.123456, "123456789.123456"],
    [0.0000001, "0.0000001"],
    [-1, "-1"],
    [110105194912310021n, "110105194912310021"],
    [true, "true"],
    [new Date(Date.UTC(2024, 0, 2)), "2024-01-02"],
    [new Date(Date.UTC(2024, 0, 2, 13, 5)), "2024-01-02 13:05:00"],
  ])("reads %s as %s", (value, text) => {
    expect(cellText(value)).toEqual({ ok: true, value: text });
  });

  // 440524188001010014 in a number cell comes back as …010000: a person's number, but another's.
  it.each<[unknown, string]>([
    [Number("440524188001010014"), "number-imprecise"],
    [1e15, "number-imprecise"],
    [Number.NaN, "cell-error"],
    [Number.POSITIVE_INFINITY, "cell-error"],
    [new Date(Number.NaN), "cell-error"],
    [{}, "cell-not-text"],
    [["示例"], "cell-not-text"],
    [new Uint8Array(2), "cell-not-text"],
  ])("refuses %s with %s", (value, reason) => {
    expect(cellText(value)).toEqual({ ok: false, error: reason });
  });
});
