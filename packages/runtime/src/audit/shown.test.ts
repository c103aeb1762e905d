import { describe, expect, it } from "vitest";
import { shownCells, shownOutcome, shownTitles } from "./index.ts";

const summary = {
  index: 7,
  at: "2026-03-01T01:30:05.250Z",
  kind: "lookup.intent",
  member: "sz-baoan",
  purpose: "bid-review",
  outcome: "partial",
  authoriser: null,
  exchange: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60",
} as const;

describe("a line in a table", () => {
  it("has Beijing's time, and labels before codes", () => {
    expect(shownTitles[1]).toContain("北京时间");
    expect(shownCells(summary)).toEqual([
      "7",
      "2026-03-01 09:30:05",
      "获准查询 lookup.intent",
      "sz-baoan",
      "bid-review",
      "部分 partial",
      "-",
      "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60",
    ]);
  });
});

describe("an outcome", () => {
  it.each([
    ["complete", "完整 complete"],
    ["policy.role-not-allowed", /\p{Script=Han} policy\.role-not-allowed$/u],
    ["of a later version", /^of a later version$/],
  ])("%s has a label where there is one", (outcome, shown) => {
    expect(shownOutcome(outcome)).toMatch(shown);
  });
});
