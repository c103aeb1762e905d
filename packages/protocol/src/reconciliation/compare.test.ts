import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BookEntry, sameSummary, sides, summarise } from "./book.ts";
import { accountsFor, compareBooks, differencesOf } from "./compare.ts";

const digest = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
const line = fc.record({
  side: fc.constantFrom(...sides),
  exchange: fc.uuid(),
  status: fc.constantFrom("complete" as const, "partial" as const, "refused" as const, "answered" as const),
  digest,
});
const keyOf = ({ side, exchange }: BookEntry) => `${side} ${exchange}`;
const book = fc.uniqueArray(line, { selector: keyOf, maxLength: 30 });
/** A book with a line of it, and a line that it does not have. */
const changing = fc
  .tuple(book, line, fc.nat())
  .filter(([lines, other]) => lines.length > 0 && !lines.some((one) => keyOf(one) === keyOf(other)))
  .map(([lines, other, nat]) => {
    const at = nat % lines.length;
    return { lines, other, at, one: lines[at] ?? other };
  });

const what = ({ status, digest: of }: BookEntry) => ({ status, digest: of });
const named = (entry: BookEntry) => ({ side: entry.side, exchange: entry.exchange });

describe("two books of one hour", () => {
  it("have the same summary exactly when they have the same lines, however ordered", () => {
    fc.assert(
      fc.property(book, book, fc.infiniteStream(fc.nat()), (one, other, order) => {
        const shuffled = one
          .map((entry) => ({ entry, place: order.next().value }))
          .sort((a, b) => a.place - b.place)
          .map(({ entry }) => entry);
        expect(summarise(shuffled)).toEqual(summarise(one));
        expect(compareBooks(one, shuffled)).toEqual([]);
        const lines = (entries: readonly BookEntry[]) => entries.map((entry) => JSON.stringify(entry)).sort();
        const alike = JSON.stringify(lines(one)) === JSON.stringify(lines(other));
        expect(sameSummary(summarise(one), summarise(other))).toBe(alike);
      }),
    );
  });

  it("differ in exactly the exchange that was dropped", () => {
    fc.assert(
      fc.property(changing, ({ lines, at, one }) => {
        const without = lines.toSpliced(at, 1);
        expect(compareBooks(lines, without)).toEqual([
          { ...named(one), how: "member-only", member: what(one), gateway: null },
        ]);
        expect(compareBooks(without, lines)).toEqual([
          { ...named(one), how: "gateway-only", member: null, gateway: what(one) },
        ]);
      }),
    );
  });

  it("differ in exactly the exchange that was altered", () => {
    fc.assert(
      fc.property(changing, ({ lines, at, one, other }) => {
        const altered = { ...one, digest: other.digest };
        const found = compareBooks(lines, lines.with(at, altered));
        expect(found).toEqual([
          { ...named(one), how: "told-differently", member: what(one), gateway: what(altered) },
        ]);
        expect(differencesOf(found)).toEqual(found);
      }),
    );
  });

  it("differ in both hours when an exchange was moved from one to the other", () => {
    fc.assert(
      fc.property(changing, book, ({ lines, at, one }, next) => {
        fc.pre(!next.some((entry) => keyOf(entry) === keyOf(one)));
        expect(compareBooks(lines, lines.toSpliced(at, 1)).map(({ how }) => how)).toEqual(["member-only"]);
        expect(compareBooks(next, [...next, one])).toMatchObject([{ ...named(one), how: "gateway-only" }]);
      }),
    );
  });

  it("are led from one to the other by their findings, and by nothing less, more or else", () => {
    fc.assert(
      fc.property(book, book, line, (member, gateway, other) => {
        const findings = compareBooks(member, gateway);
        const stated = summarise(member);
        expect(accountsFor(findings, gateway, stated)).toBe(true);
        for (const [at, found] of findings.entries()) {
          expect(accountsFor(findings.toSpliced(at, 1), gateway, stated)).toBe(false);
          const invented = { ...found, member: what({ ...other, digest: "x".repeat(43) }) };
          expect(accountsFor(findings.with(at, invented), gateway, stated)).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("tell one question answered twice as one that pairs off and one that was not taken", () => {
    const answered = {
      side: "answered",
      exchange: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e",
      status: "answered",
    } as const;
    const [first, second] = [
      { ...answered, digest: "a".repeat(43) },
      { ...answered, digest: "b".repeat(43) },
    ];
    expect(compareBooks([first, second], [second])).toEqual([
      { ...named(first), how: "member-only", member: what(first), gateway: null },
    ]);
  });

  it("differ no more than the evidence that was erased on one side", () => {
    const entry = {
      side: "asked",
      exchange: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e",
      status: "complete",
    } as const;
    const found = compareBooks([{ ...entry, digest: "a".repeat(43) }], [{ ...entry, digest: null }]);
    expect(found).toMatchObject([{ how: "told-differently", explanation: "evidence-erased" }]);
    expect(differencesOf(found)).toEqual([]);
    const changed = compareBooks(
      [{ ...entry, digest: "a".repeat(43) }],
      [{ ...entry, status: "partial", digest: null }],
    );
    expect(differencesOf(changed)).toHaveLength(1);
  });
});
