import { nodeIdSchema } from "@xinqiao/protocol/identity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findAlerts } from "./find.ts";
import { dayBegin, type HourFacts, hourMs, thresholdsSchema, type Volume } from "./index.ts";

const baoan = nodeIdSchema.parse("sz-baoan");
/** A Monday, ten in the morning in Beijing. */
const morning = Date.parse("2026-03-09T10:00:00+08:00");
const thresholds = thresholdsSchema.parse({});

function alertsOf(
  facts: Partial<HourFacts>,
  from = morning,
  isRestDay: (day: string) => boolean = () => false,
) {
  const none = { volumes: [], breadths: [], interests: [], firstUses: [] };
  const hour = { from, to: from + hourMs, day: dayBegin(from) };
  return findAlerts({ ...hour, ...none, ...facts }, { thresholds, isRestDay });
}

const volume = (lookups: number, past: readonly number[]): Volume => ({
  member: baoan,
  lookups,
  past,
  entries: [4, 8],
});
const rulesOf = (alerts: ReturnType<typeof alertsOf>) => alerts.map(({ alert: { rule } }) => rule);

describe("unusual volume", () => {
  const usual = [100, 104, 96, 101, 99, 103, 98, 102];

  it("is far above the same hour of the weeks before, and says how far", () => {
    expect(alertsOf({ volumes: [volume(400, usual)] })).toMatchObject([
      {
        alert: { rule: "unusual-volume", member: "sz-baoan", count: 400, threshold: 160.6 },
        entries: [4, 8],
      },
    ]);
    expect(alertsOf({ volumes: [volume(150, usual)] })).toEqual([]);
  });

  it("is not hidden by one week that was unusual too, as a mean and its deviation would hide it", () => {
    expect(rulesOf(alertsOf({ volumes: [volume(400, [...usual.slice(1), 5_000])] }))).toEqual([
      "unusual-volume",
    ]);
  });

  it("is none of a member that is new, nor of few lookups", () => {
    expect(alertsOf({ volumes: [volume(400, usual.slice(0, 3))] })).toEqual([]);
    expect(alertsOf({ volumes: [volume(49, [0, 0, 0, 0])] })).toEqual([]);
    expect(rulesOf(alertsOf({ volumes: [volume(50, [0, 0, 0, 0])] }))).toEqual(["unusual-volume"]);
  });

  it("never comes of an hour that is no busier than any before", () => {
    const past = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(past, fc.nat(), (counts, any) => {
        const lookups = any % (Math.min(...counts) + 1);
        expect(alertsOf({ volumes: [volume(lookups, counts)] })).toEqual([]);
      }),
    );
  });
});

describe("use outside hours", () => {
  const busy = { volumes: [volume(20, [])] };

  it.each([
    ["22:00", true],
    ["05:00", true],
    ["06:00", false],
    ["21:00", false],
  ])("at %s: %s", (time, outside) => {
    const from = Date.parse(`2026-03-09T${time}:00+08:00`);
    expect(rulesOf(alertsOf(busy, from))).toEqual(outside ? ["outside-hours"] : []);
  });

  it("is by day on a rest day of the city's calendar", () => {
    expect(rulesOf(alertsOf(busy, morning, (day) => day === "2026-03-09"))).toEqual(["outside-hours"]);
    expect(alertsOf({ volumes: [volume(19, [])] }, morning, () => true)).toEqual([]);
  });
});

describe("subjects", () => {
  const breadth = { member: baoan, purpose: "bid-review", subjects: 500, entries: [1] };
  const interest = { tag: "ab".repeat(16), members: 5, entries: [1, 3] };

  it("are many for one purpose in a day: one alert a day, however many it becomes", () => {
    const [once] = alertsOf({ breadths: [breadth] });
    const [later] = alertsOf({ breadths: [{ ...breadth, subjects: 900 }] }, morning + hourMs);
    expect([once?.alert.rule, later?.alert.rule]).toEqual(["many-subjects", "many-subjects"]);
    expect(later?.alert.alert).toBe(once?.alert.alert);
    const [other] = alertsOf({ breadths: [{ ...breadth, purpose: "licensing-review" }] });
    expect(other?.alert.alert).not.toBe(once?.alert.alert);
    expect(alertsOf({ breadths: [{ ...breadth, subjects: 499 }] })).toEqual([]);
  });

  it("are one that many members look up: of no member, and nothing of the tag is told", () => {
    const alerts = alertsOf({ interests: [interest] });
    expect(alerts).toMatchObject([{ alert: { rule: "watched-subject", member: null, count: 5 } }]);
    expect(alerts).toMatchObject([{ entries: [1, 3], about: interest.tag }]);
    expect(JSON.stringify(alerts.map(({ alert }) => alert))).not.toContain(interest.tag);
    const [other] = alertsOf({ interests: [{ ...interest, tag: "cd".repeat(16) }] });
    expect(other?.alert.alert).not.toBe(alerts[0]?.alert.alert);
    expect(alertsOf({ interests: [{ ...interest, members: 4 }] })).toEqual([]);
  });
});

describe("a new purpose", () => {
  const firstUse = { member: baoan, purpose: "bid-review", entries: [9] };

  it("is unusual of a member that has its habits, and not of a new one", () => {
    const monthAgo = morning - 30 * 86_400_000;
    expect(rulesOf(alertsOf({ firstUses: [{ ...firstUse, since: monthAgo }] }))).toEqual(["new-purpose"]);
    expect(alertsOf({ firstUses: [{ ...firstUse, since: monthAgo + 1 }] })).toEqual([]);
  });
});
