import { answerDigest } from "@xinqiao/protocol/log";
import { intervalAt, type Report } from "@xinqiao/protocol/reconciliation";
import { testNow } from "@xinqiao/protocol/testing";
import { describe, expect, it } from "vitest";
import { type FakeCity, startFakeCity } from "./testing/fake-city.ts";

const hour = intervalAt(testNow);
const exchange = "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const other = "7f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e";
const answer = (id = exchange) =>
  ({ side: "answered", exchange: id, status: "answered", digest: answerDigest("a") }) as const;

describe("a gateway that contradicts what it has signed", () => {
  async function contradicting(change: (report: Report) => Partial<Report>, differs = false) {
    const city = startFakeCity();
    city.holds(answer());
    city.logs(differs ? answer(other) : answer());
    city.reports = (report) => ({ ...report, ...change(report) });
    return city;
  }

  const summaryOfNothing = startFakeCity().summary();

  it.each<[string, (report: Report) => Partial<Report>, boolean]>([
    ["of another log", () => ({ logged: summaryOfNothing }), false],
    ["of another book", () => ({ stated: summaryOfNothing }), false],
    ["that names none of what differs", () => ({ findings: [] }), true],
    ["that names less than differs", ({ findings }) => ({ findings: findings.slice(1) }), true],
  ])("by a report %s is a difference, kept with both texts", async (_what, change, differs) => {
    const city = await contradicting(change, differs);
    const report = await city.compare(hour);
    expect(report).toMatchObject({ ok: true, value: { words: "contradict" } });
    expect(report.ok && report.value.differences).toBe(differs ? 3 : 1);
    expect(city.kept).toMatchObject([{ interval: hour, differences: differs ? 3 : 1 }]);
    expect(city.kept[0]?.statement).toBe(city.said.at(-1)?.statement);
    expect(city.kept[0]?.report).toBe(city.said.at(-1)?.report);
  });

  it.each<[string, (city: FakeCity) => void]>([
    ["lists what it has not signed for", (city) => (city.lists = () => [])],
    ["signs no report of what differs", (city) => (city.reports = () => undefined)],
  ])("as one that %s", async (_what, be) => {
    const city = await contradicting((report) => report, true);
    be(city);
    expect(await city.compare(hour)).toMatchObject({ ok: true, value: { words: "contradict" } });
    expect(city.kept).toHaveLength(1);
  });

  it("is not one that agrees, or names every difference", async () => {
    for (const differs of [false, true]) {
      const city = await contradicting(() => ({}), differs);
      expect(await city.compare(hour)).toMatchObject({
        ok: true,
        value: { words: "agree", differences: differs ? 2 : 0 },
      });
    }
  });
});
