import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ColumnCursor, moved, underWay } from "./column-cursor.ts";

const overlap = 10;
const pageLength = 3;

/** A row's mark is made at one time, and seen from a later one on, less than the overlap after it. */
const rowArbitrary = fc.record({ marked: fc.nat(100), takes: fc.nat(overlap - 1) });

describe("what was read of a column that grows", () => {
  it("leaves out no row that is seen within the overlap of its mark", () => {
    fc.assert(
      fc.property(
        fc.array(rowArbitrary, { minLength: 40, maxLength: 80 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 60, maxLength: 200 }),
        (made, waits) => {
          const rows = made.map(({ marked, takes }, key) => {
            const place = [String(marked).padStart(4, "0"), String(key).padStart(4, "0")] as const;
            return { at: place.join(), place, seenFrom: marked + takes };
          });
          const taken = readAll(rows, waits);
          const last = waits.reduce((sum, wait) => sum + wait, 0) - 2 * overlap;
          expect(rows.filter(({ at, seenFrom }) => seenFrom < last && !taken.has(at))).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("begins again where rows say something else", () => {
    const cursor: ColumnCursor = { basis: "a", settled: ["1", "1"], next: null, round: null };
    expect(underWay(JSON.stringify(cursor), "b", 5)).toEqual({
      basis: "b",
      settled: null,
      next: null,
      round: { place: null, began: 5 },
    });
  });
});

interface Row {
  readonly at: string;
  readonly place: readonly [string, string];
  readonly seenFrom: number;
}

/** A page after each wait, as the table was at that time. */
function readAll(rows: readonly Row[], waits: readonly number[]): ReadonlySet<string> {
  const taken = new Set<string>();
  let [now, cursor]: [number, string | undefined] = [0, undefined];
  for (const wait of waits) {
    now += wait;
    const under = underWay(cursor, "a", now);
    const from = under.round.place?.join() ?? "";
    const seen = rows.filter(({ at, seenFrom }) => seenFrom <= now && at > from);
    const page = seen.sort((one, other) => (one.at < other.at ? -1 : 1)).slice(0, pageLength);
    for (const { at } of page) taken.add(at);
    const last = page.at(-1)?.place;
    const read = { isLast: page.length < pageLength, ...(last !== undefined && { last }) };
    cursor = JSON.stringify(moved(under, read, now, overlap));
  }
  return taken;
}
