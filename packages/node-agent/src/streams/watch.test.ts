import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { err, ok } from "@xinqiao/protocol/result";
import { SqliteError } from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestIntake, type TestIntake } from "../intake/testing/intake.ts";
import type { Step } from "./step.ts";
import { createWatch } from "./watch.ts";

const item = itemCodeSchema.parse("penalty");
const never = new AbortController().signal;
const names = ["one.penalty", "two.penalty"];

let intake: TestIntake;
let counts: number[];
beforeEach(() => {
  [intake, counts] = [openTestIntake(), []];
  for (const name of names) intake.store.streams.open(name, item);
});
afterEach(() => intake.close());

/** @returns what lets one of the two come to something */
function watched() {
  const steps = new Map<string, Step>();
  const streams = names.map((name) => ({
    name,
    item,
    step: async (signal: AbortSignal) => {
      const step = steps.get(name);
      if (step === undefined) throw new Error(name);
      return step(signal);
    },
  }));
  const watch = createWatch(streams, {
    store: intake.store,
    events: { streamFaults: (count) => void counts.push(count) },
  });
  const watchedSteps = new Map(streams.map((stream) => [stream.name, watch(stream)]));
  return async (name: string, step: Step) => {
    steps.set(name, step);
    return watchedSteps.get(name)?.(never);
  };
}

const readTo =
  (asOf: number): Step =>
  async () =>
    ok({ again: false, asOf });
const fails: Step = async () => err({ code: "intake.stream-unreadable" });

describe("streams that are watched", () => {
  it("cover their item as of the oldest, once all have been read", async () => {
    const step = watched();
    const covered = () => intake.store.imports.coverage().get(item);
    await step("one.penalty", readTo(2_000));
    expect(covered()).toBeUndefined();
    await step("two.penalty", async () => ok({ again: true, asOf: 1_000 }));
    expect(covered()).toBeUndefined();
    await step("two.penalty", readTo(1_000));
    expect(covered()).toBe(new Date(1_000).toISOString());
    expect(intake.store.streams.standings().map(({ asOf }) => asOf)).toEqual(
      [2_000, 1_000].map((instant) => new Date(instant).toISOString()),
    );
  });

  it("are counted while they fail", async () => {
    const step = watched();
    await step("one.penalty", fails);
    await step("one.penalty", fails);
    await step("two.penalty", fails);
    await step("one.penalty", readTo(1));
    expect(counts).toEqual([1, 2, 1]);
    expect(intake.store.streams.standings().map(({ fault }) => fault)).toEqual([
      null,
      "intake.stream-unreadable",
    ]);
  });

  it("fail when the store refuses, and do not hide what is wrong in the code", async () => {
    const step = watched();
    const full: Step = () => Promise.reject(new SqliteError("database or disk is full", "SQLITE_FULL"));
    expect(await step("one.penalty", full)).toMatchObject({
      error: { code: "intake.not-taken", why: "SQLITE_FULL" },
    });
    await expect(step("two.penalty", () => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
  });
});
