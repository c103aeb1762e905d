import { expect, it } from "vitest";
import { revocationDueOn } from "./index.ts";

const days = { holidays: { "2026-01-01": true }, workdays: { "2026-01-04": true } };
const rules = [
  { from: "2026-03-01", workingDays: 1 },
  { from: "2026-01-01", workingDays: 3 },
];

it.each([
  ["2025-12-31", "2026-01-05", "by the oldest rule before any holds, without holidays and with make-up days"],
  ["2026-02-27", "2026-03-04", "by the rule that holds"],
  ["2026-03-01", "2026-03-02", "by the newer rule from its day on"],
])("an answer to a notice of %s is due on %s: %s", (today, due) => {
  expect(revocationDueOn(rules, today, days)).toBe(due);
});
