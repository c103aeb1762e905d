import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultSubjects, fewestSubjects, recordCount } from "./size.ts";

const countsOf = (subjects: number) => Array.from({ length: subjects }, (_, at) => recordCount(at, subjects));
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe("the number of records a subject has", () => {
  it("is above ten on average, whatever the size", () => {
    fc.assert(
      fc.property(fc.integer({ min: fewestSubjects, max: 5_000 }), (subjects) => {
        const counts = countsOf(subjects);
        expect(sum(counts)).toBeGreaterThanOrEqual(10 * subjects);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
        expect(Math.max(...counts)).toBeLessThanOrEqual(400);
      }),
    );
  });

  it("deals out every quantile once: the shuffle loses and repeats none", () => {
    fc.assert(
      fc.property(fc.integer({ min: fewestSubjects, max: 2_000 }), (subjects) => {
        const sorted = countsOf(subjects).sort((a, b) => a - b);
        const quantiles = Array.from({ length: subjects }, (_, at) => {
          const rank = (at + 0.5) / subjects;
          return Math.min(400, Math.max(1, Math.round(7 * Math.sqrt(rank / (1 - rank)))));
        });
        expect(sorted).toEqual(quantiles);
      }),
    );
  });

  it("is skewed as real data is: half have seven or fewer, some have hundreds", () => {
    const counts = countsOf(defaultSubjects);
    expect(sum(counts)).toBeGreaterThanOrEqual(200_000);
    expect(counts.filter((count) => count <= 7).length).toBeGreaterThan(defaultSubjects / 2);
    const heavy = counts.filter((count) => count >= 100).length;
    expect(heavy).toBeGreaterThan(50);
    expect(heavy).toBeLessThan(defaultSubjects / 100);
    expect(Math.max(...counts)).toBe(400);
  });
});
