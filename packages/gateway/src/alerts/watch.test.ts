import type { Alert } from "@xinqiao/protocol/audit";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { describe, expect, it } from "vitest";
import { createMemoryAuditLog } from "../log/index.ts";
import { createUseWatch, dayBegin, type HourFacts, hourMs, thresholdsSchema } from "./index.ts";

/** Noon in Beijing: outside hours nowhere near. */
const noon = Date.parse("2026-03-09T12:00:00+08:00");

/** An index in which every hour in `busy` has one subject that many members look up. */
function scene(busy: readonly number[]) {
  let clock = noon;
  let until: number | undefined;
  let away = false;
  const looked: number[] = [];
  const told: Alert[] = [];
  const log = createMemoryAuditLog({
    origin: "sz",
    now: () => clock,
    randomBytes: (size) => Buffer.alloc(size),
  });
  const answer = <T>(value: T) => Promise.resolve(away ? err(fault("log.search-unavailable")) : ok(value));
  const facts = (from: number): HourFacts => ({
    ...{ from, to: from + hourMs, day: dayBegin(from), volumes: [], breadths: [], firstUses: [] },
    interests: busy.includes(from) ? [{ tag: String(from), members: 9, entries: [1] }] : [],
  });
  const watch = createUseWatch({
    log,
    now: () => clock,
    thresholds: thresholdsSchema.parse({}),
    isRestDay: () => false,
    onAlert: (alert) => told.push(alert),
    index: {
      size: () => log.head().size,
      watched: () => answer(until),
      watch(next) {
        until = next;
        return answer(undefined);
      },
      facts(from) {
        looked.push(from);
        return answer(facts(from));
      },
      isRaised: () => answer(false),
    },
  });
  return {
    watch,
    log,
    looked,
    told,
    pass(ms: number) {
      clock += ms;
    },
    be(gone: boolean) {
      away = gone;
    },
  };
}

describe("watching use", () => {
  it("looks at every hour once, when it is over and settled", async () => {
    const { watch, looked, pass } = scene([]);
    await watch.look();
    expect(looked).toHaveLength(24);
    expect(looked.at(-1)).toBe(noon - 2 * hourMs);
    pass(59_999);
    await watch.look();
    expect(looked).toHaveLength(24);
    pass(1);
    await watch.look();
    expect(looked.slice(24)).toEqual([noon - hourMs]);
  });

  it("raises a finding once, and tells of it once", async () => {
    const { watch, told, log, pass } = scene([noon - 3 * hourMs, noon]);
    await Promise.all([watch.look(), watch.look()]);
    expect(told.map(({ rule, member: whose }) => [rule, whose])).toEqual([["watched-subject", null]]);
    pass(2 * hourMs);
    await watch.look();
    expect(told).toHaveLength(2);
    expect(log.head().size).toBe(2);
  });

  it("passes over nothing when the log takes no entry or the index is away", async () => {
    const { watch, told, log, looked, be } = scene([noon - 3 * hourMs]);
    log.fail("log.full");
    await watch.look();
    expect([told, looked.at(-1)]).toEqual([[], noon - 3 * hourMs]);
    log.fail(undefined);
    be(true);
    await watch.look();
    expect(told).toEqual([]);
    be(false);
    await watch.look();
    expect(told).toHaveLength(1);
    expect(looked.at(-1)).toBe(noon - 2 * hourMs);
  });
});
