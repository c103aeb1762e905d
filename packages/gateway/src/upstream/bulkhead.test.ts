import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBulkhead } from "./bulkhead.ts";

describe("createBulkhead", () => {
  it("refuses when all places are taken, at once, and takes the next when one is given back", () => {
    const bulkhead = createBulkhead(2);
    const leave = bulkhead.enter();
    bulkhead.enter();
    expect(bulkhead.enter()).toBeUndefined();
    leave?.();
    expect(bulkhead.enter()).toBeDefined();
    expect(bulkhead.enter()).toBeUndefined();
  });

  it("never holds more than its places, and a place given back twice counts once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 20 })), (places, steps) => {
        const bulkhead = createBulkhead(places);
        const taken: (() => void)[] = [];
        const inside = new Set<number>();
        for (const step of steps) {
          const leave = taken[step];
          if (leave) {
            leave();
            inside.delete(step);
          } else {
            const place = bulkhead.enter();
            expect(place !== undefined).toBe(inside.size < places);
            if (place) inside.add(taken.push(place) - 1);
          }
          expect(bulkhead.inUse).toBe(inside.size);
        }
      }),
    );
  });
});
