import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskIdentifier, maskName } from "./masking.ts";

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
