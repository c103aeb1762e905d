import { correctionLineSchema } from "@xinqiao/protocol/sync";
import { expect, it } from "vitest";
import { correctionsTable } from "./sharing.ts";

const line = {
  source: "dg",
  feed: "7f4df02a-56c0-4e0e-9f4d-3f0d6a5a2e11",
  seq: 3,
  change: "A".repeat(43),
  effect: "repaired",
  openedAt: 1_772_323_200,
  dueOn: "2026-03-02",
  holders: [{ node: "sz-baoan", acknowledgedAt: 1_772_323_201 }, { node: "hz" }],
};

it("names the record of each correction; a city of an earlier version names none", () => {
  const [named, nameless] = [{ ...line, record: "penalty:1" }, line].map((each) =>
    correctionsTable([correctionLineSchema.parse(each)]),
  );
  expect(named).toMatch(
    /│ penalty:1\s+│ 3\s+│ 修复 repaired\s+│ 2026-03-01 08:00:00 .*│ 1\/2\s+│ 待回执 waits for: hz\s+│/,
  );
  expect(nameless).toMatch(/│ -\s+│ 3 /);
});
