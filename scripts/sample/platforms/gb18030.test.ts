import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeGb18030 } from "./gb18030.ts";

describe("GB18030", () => {
  it("reads back as what was written", () => {
    const decoder = new TextDecoder("gb18030", { fatal: true });
    const character = fc.oneof(
      fc.constantFrom(..."〔〕《》，。：；（）、“”"),
      fc.integer({ min: 0x20, max: 0x7e }).map((point) => String.fromCharCode(point)),
      fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((point) => String.fromCharCode(point)),
    );
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        expect(decoder.decode(encodeGb18030(text))).toBe(text);
      }),
    );
  });

  it("writes the bytes of the standard", () => {
    expect(encodeGb18030("示例A").toString("hex")).toBe("cabec0fd41");
  });

  it("says which character it cannot write", () => {
    expect(() => encodeGb18030("😀")).toThrow("U+1f600 takes four bytes");
  });
});
