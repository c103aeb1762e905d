import { testAuthorisation, testMember, testPurpose } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { allowancesOf, overdrawn, quotaWindow } from "./allowances.ts";

/** 15:59:59.999 UTC, the last millisecond of the day in Shenzhen. */
const endOfDay = Date.parse("2026-03-01T15:59:59.999Z");

describe("a quota's window", () => {
  it.each([
    ["day", endOfDay, "2026-03-01", "2026-03-01T16:00:00.000Z"],
    ["day", endOfDay + 1, "2026-03-02", "2026-03-02T16:00:00.000Z"],
    ["hour", endOfDay, "2026-03-01T23", "2026-03-01T16:00:00.000Z"],
    ["hour", endOfDay + 1, "2026-03-02T00", "2026-03-01T17:00:00.000Z"],
  ] as const)("is the calendar %s of Shenzhen: %i falls into %s", (per, now, name, end) => {
    const window = quotaWindow(per, now);
    expect({ ...window, end: new Date(window.end).toISOString() }).toEqual({ name, end });
  });
});

describe("a lookup's allowances", () => {
  const quotas = [
    { purpose: "approval", lookups: 3, per: "day" },
    { purpose: "lending", lookups: 2, per: "day" },
    { purpose: "approval", lookups: 1, per: "hour" },
  ];
  const member = testMember({ scope: { items: "all", purposes: "all", quotas } });
  const plan = { purpose: testPurpose(), items: [], targets: [], authorisation: testAuthorisation() };

  it("are the quotas of its purpose and the uses of its authorisation", () => {
    expect(allowancesOf(member, plan, endOfDay)).toMatchObject([
      { name: "quota:sz-baoan:approval:2026-03-01", most: 3, exceeded: "policy.quota-exceeded" },
      { name: "quota:sz-baoan:approval:2026-03-01T23", most: 1, exceeded: "policy.quota-exceeded" },
      {
        name: `authorisation:sz-baoan:${plan.authorisation.jti}`,
        most: 1,
        exceeded: "authorisation.used-up",
      },
    ]);
    expect(allowancesOf(testMember(), { purpose: plan.purpose }, endOfDay)).toEqual([]);
  });

  it("that are used up are a refusal that says which and names the authorisation", () => {
    const allowance = "quota:sz-baoan:approval:2026-03-01T23";
    expect(overdrawn({ code: "policy.quota-exceeded", allowance }, member, plan, endOfDay)).toEqual({
      rule: "quota-left",
      fault: { code: "policy.quota-exceeded", facts: { lookups: 1, per: "hour" } },
      authorisation: plan.authorisation,
    });
    expect(overdrawn({ code: "log.full" }, member, plan, endOfDay)).toBeUndefined();
    expect(overdrawn({ code: "signature.replayed" }, member, plan, endOfDay)).toBeUndefined();
  });
});
