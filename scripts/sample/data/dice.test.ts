import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDice } from "./dice.ts";

describe("dice", () => {
  it("throw the numbers of mulberry32 on every machine", () => {
    const dice = createDice("xinqiao");
    expect([dice.below(1e6), dice.below(1e6), dice.below(1e6), dice.below(1e6)]).toMatchInlineSnapshot(`
      [
        639518,
        901652,
        318835,
        34711,
      ]
    `);
  });

  it("throw the same for the same seed, and stay within bounds", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000_000 }), (seed, limit) => {
        const [one, other] = [createDice(seed), createDice(seed)];
        for (let at = 0; at < 20; at += 1) {
          const thrown = one.below(limit);
          expect(other.below(limit)).toBe(thrown);
          expect(thrown).toBeGreaterThanOrEqual(0);
          expect(thrown).toBeLessThan(limit);
        }
      }),
    );
  });

  it("are fair: each of ten faces comes up a tenth of the time", () => {
    const dice = createDice("fair");
    const faces = new Array<number>(10).fill(0);
    const throws = 100_000;
    for (let at = 0; at < throws; at += 1) {
      const face = dice.below(10);
      faces[face] = (faces[face] ?? 0) + 1;
    }
    // Nine degrees of freedom: 27.9 is passed once in a thousand seeds, and this seed is fixed.
    const chiSquared = faces.reduce((sum, count) => sum + (count - throws / 10) ** 2 / (throws / 10), 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  it("differ for seeds that differ in one character", () => {
    const first = Array.from({ length: 1_000 }, (_, place) => createDice(`1/dg/${place}`).below(2 ** 32));
    expect(new Set(first).size).toBe(first.length);
  });
});
