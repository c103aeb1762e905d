import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskIdentifier, maskName, maskNumbersIn } from "./masking.ts";

describe("maskIdentifier", () => {
  it.each([
    ["11010519491231002X", "1101************2X"],
    ["110108000000016", "1101*********16"],
    ["A1234567", "********"],
    ["", ""],
  ])("shows %s as %s", (identifier, masked) => {
    expect(maskIdentifier(identifier)).toBe(masked);
  });

  it("keeps the length and never shows more than six characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789X"), maxLength: 32 }), (identifier) => {
        const masked = maskIdentifier(identifier);
        expect(masked).toHaveLength(identifier.length);
        expect(masked.replaceAll("*", "").length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe("maskName", () => {
  it.each([
    ["示例人", "示**"],
    ["示", "*"],
    ["", ""],
    ["𠮷示例", "𠮷**"],
  ])("shows %s as %s", (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });
});

describe("maskNumbersIn", () => {
  it.each([
    ["示例人11010519491231002X.csv", "示例人1101************2X.csv"],
    ["a-110108000000016_11010519491231002x.xlsx", "a-1101*********16_1101************2x.xlsx"],
    ["１１０１０８００００００００１６.csv", "１１０１**********１６.csv"],
    ["penalty.20260201T000002Z.2.csv", "penalty.20260201T000002Z.2.csv"],
    ["20260201000002.csv", "20260201000002.csv"],
  ])("shows %s as %s", (name, masked) => {
    expect(maskNumbersIn(name)).toBe(masked);
  });
});
