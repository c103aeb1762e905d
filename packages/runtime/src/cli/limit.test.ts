import { describe, expect, it } from "vitest";
import { limitOf } from "./index.ts";

describe("a limit", () => {
  it("is a whole number from 1 on", () => {
    expect(limitOf("100")).toBe(100);
  });

  it.each(["0", "-1", "1.5", "", "many"])("is not %j", (text) => {
    expect(() => limitOf(text)).toThrow("条数须为正整数");
  });
});
