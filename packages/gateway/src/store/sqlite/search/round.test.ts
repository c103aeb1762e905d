import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRound } from "./round.ts";

describe("a round", () => {
  it("comes to every place after it was begun, however often it is begun meanwhile, and to an end", () => {
    const turns = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100), { maxLength: 30 }), turns, (numbers, given) => {
        const places = numbers.toSorted((one, other) => one - other);
        const round = createRound((after: number) => places.find((place) => place > after), -1);
        let missing = new Set(places);
        for (const [begin, most] of given) {
          if (begin) {
            round.begin();
            missing = new Set(places);
          }
          for (const place of round.take(most)) missing.delete(place);
        }
        let steps = 0;
        while (round.isGoing()) {
          for (const place of round.take(5)) missing.delete(place);
          steps += 1;
        }
        expect([...missing]).toEqual([]);
        expect(steps).toBeLessThanOrEqual(2 * (places.length + 1));
        expect(round.take(5)).toEqual([]);
      }),
    );
  });

  it("gets through though it is begun again at every step", () => {
    const places = Array.from({ length: 100 }, (_, place) => place);
    const round = createRound((after: number) => places.find((place) => place > after), -1);
    const seen = new Set<number>();
    for (let step = 0; step < 25; step += 1) {
      round.begin();
      for (const place of round.take(5)) seen.add(place);
    }
    expect(seen.size).toBe(100);
  });
});
