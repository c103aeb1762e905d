import { expect, it } from "vitest";
import { factsOf, tableOf, wrapped } from "./table.ts";

it("shows rows under their titles, and lets no text of others steer the terminal", () => {
  const text = tableOf(["记录 record", "原因 why"], [["penalty:示例1号", "\u001b[2J=1"]]);
  expect(text).toMatch(/│ 记录 record\s+│ 原因 why\s+│/);
  expect(text).toMatch(/│ penalty:示例1号\s+│ {2}\[2J=1\s+│/);
});

it("shows facts a line each, and leaves out those there are none of", () => {
  const facts = [
    ["来源 source", "dg"] as const,
    ["期限 due", undefined] as const,
    ["版本 version", 2] as const,
  ];
  expect(factsOf(facts)).toBe("来源 source: dg\n版本 version: 2");
});

it("puts a long text into lines, and keeps its own", () => {
  expect(wrapped(`${"示".repeat(61)}\n\n短`)).toBe(`${"示".repeat(30)}\n${"示".repeat(30)}\n示\n\n短`);
  expect(wrapped("示".repeat(30))).toBe("示".repeat(30));
});
