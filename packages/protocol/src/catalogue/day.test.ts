import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { dayBefore, normaliseDay } from "./day.ts";

const vectors = z
  .object({
    valid: z.array(z.object({ text: z.string(), day: z.string() })),
    invalid: z.array(z.object({ text: z.string(), reason: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vectors/record/dates.json", import.meta.url), "utf8")));

const days = fc
  .date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe("normaliseDay", () => {
  it.each(vectors.valid)("reads $text as $day", ({ text, day }) => {
    expect(normaliseDay(text)).toEqual({ ok: true, value: day });
  });

  it.each(vectors.invalid)("refuses $text: $reason", ({ text, reason }) => {
    expect(normaliseDay(text)).toEqual({ ok: false, error: reason });
  });

  it("reads every day in all three forms alike", () => {
    fc.assert(
      fc.property(days, fc.constantFrom("/", "-", ""), (day, separator) => {
        expect(normaliseDay(day.replaceAll("-", separator))).toEqual({ ok: true, value: day });
      }),
    );
  });
});

describe("dayBefore", () => {
  it.each([
    ["2024-03-01", "2024-02-29"],
    ["2023-03-01", "2023-02-28"],
    ["2024-01-01", "2023-12-31"],
  ])("%s is %s", (day, before) => {
    expect(dayBefore(day)).toBe(before);
  });
});
