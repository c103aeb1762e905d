import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseIdentifier } from "./normalise.ts";

describe("normaliseIdentifier", () => {
  it.each([
    [" 9144030071526726xg\t", "9144030071526726XG"],
    ["\u3000９１４４０３００７１５２６７２６ＸＧ\u3000", "9144030071526726XG"],
    ["\uFEFF11010519491231002x", "11010519491231002X"],
    ["ｘ", "X"],
    ["", ""],
  ])("brings %j to %j", (text, expected) => {
    expect(normaliseIdentifier(text)).toBe(expected);
  });

  it("does not repair what is wrong inside", () => {
    expect(normaliseIdentifier("9144 0300")).toBe("9144 0300");
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const once = normaliseIdentifier(text);
        expect(normaliseIdentifier(once)).toBe(once);
      }),
    );
  });
});
