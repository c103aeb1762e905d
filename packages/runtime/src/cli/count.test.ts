import { describe, expect, it } from "vitest";
import { countOf } from "./index.ts";

describe("a count", () => {
  it("is a whole number from 1 on", () => {
    expect(countOf("--limit", "100")).toBe(100);
  });

  it.each(["0", "-1", "1.5", "", "many"])("is not %j, and says of which option", (text) => {
    expect(() => countOf("--limit", text)).toThrow("--limit 须为正整数");
  });
});
