import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRetryBudget } from "./retry-budget.ts";

describe("createRetryBudget", () => {
  it("has its burst at the start and earns one retry in ten calls at a ratio of 0.1", () => {
    const budget = createRetryBudget(0.1, 2);
    expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
    for (let call = 0; call < 9; call += 1) budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    expect(budget.spend()).toBe(true);
    expect(budget.spend()).toBe(false);
  });

  it("saves up no more than its burst", () => {
    const budget = createRetryBudget(1, 3);
    for (let call = 0; call < 100; call += 1) budget.earn();
    expect([budget.spend(), budget.spend(), budget.spend(), budget.spend()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it("gives at most burst + ratio × calls retries, in whatever order they come", () => {
    const tenths = fc.integer({ min: 0, max: 10 });
    const events = fc.array(fc.constantFrom("call", "retry"), { maxLength: 300 });
    fc.assert(
      fc.property(tenths, fc.nat({ max: 5 }), events, (tenth, burst, happened) => {
        const budget = createRetryBudget(tenth / 10, burst);
        let calls = 0;
        let retries = 0;
        for (const event of happened) {
          if (event === "call") {
            budget.earn();
            calls += 1;
          } else if (budget.spend()) {
            retries += 1;
          }
          expect(retries * 10).toBeLessThanOrEqual(burst * 10 + tenth * calls);
        }
      }),
    );
  });
});
