import { describe, expect, it } from "vitest";
import { defused } from "./csv-line.ts";

describe("a cell", () => {
  it.each(["=1+1", "+1", "-1", "@sum", "\tx", "\r=1"])("that a spreadsheet would run is text: %j", (cell) => {
    expect(defused(cell)).toBe(`'${cell}`);
  });

  it.each(["", "sz-baoan", "2026-03-01T00:00:00.000Z", "{}"])("that is plain stays as it is: %j", (cell) => {
    expect(defused(cell)).toBe(cell);
  });
});
