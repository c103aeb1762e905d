import fc from "fast-check";
import { describe, expect, it } from "vitest";
import vectors from "../../vectors/sync/digests.json" with { type: "json" };
import { recordSchema } from "../record/index.ts";
import { err, ok } from "../result/index.ts";
import { testRecord } from "../testing/index.ts";
import {
  compareBooks,
  type DigestBook,
  type DigestEntry,
  emptyRange,
  type RangeDigest,
  rangeOf,
  rangeWithin,
  recordContent,
  recordKey,
  undivided,
} from "./index.ts";

function bookOf(entries: readonly DigestEntry[]): DigestBook {
  const ordered = [...entries].sort((one, other) => (one.key < other.key ? -1 : 1));
  const kept = new Map<string, RangeDigest>();
  return {
    entries: (prefix, limit, behind = "") =>
      ordered.filter(({ key }) => key.startsWith(prefix) && key > behind).slice(0, limit),
    kept: (prefix) => kept.get(prefix),
    keep: (prefix, digest) => void kept.set(prefix, digest),
  };
}

const entry = (id: number, version: number): DigestEntry => ({
  key: recordKey(`penalty:${id}`),
  content: recordContent(testRecord({ id: `penalty:${id}`, version })),
});
const bookOfVersions = (versions: ReadonlyMap<number, number>) =>
  bookOf([...versions].map(([id, version]) => entry(id, version)));

async function compare(here: DigestBook, there: DigestBook) {
  const ask = async (prefixes: readonly string[]) => ok(prefixes.map((prefix) => rangeOf(prefix, there)));
  const compared = await compareBooks(here, rangeOf("", there), ask, () => err("invalid"));
  if (!compared.ok) throw new Error(compared.error);
  return compared.value;
}

const versions = fc
  .array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 2 })), { maxLength: 300 })
  .map((pairs) => new Map(pairs));

describe("two books", () => {
  it("differ in exactly the records that one has and the other has not, or otherwise", async () => {
    await fc.assert(
      fc.asyncProperty(versions, versions, async (here, there) => {
        const { differences, cut } = await compare(bookOfVersions(here), bookOfVersions(there));
        const expected = [...new Set([...here.keys(), ...there.keys()])].flatMap((id) => {
          const [own, other] = [here.get(id), there.get(id)];
          if (own === other) return [];
          const how = own === undefined ? "only-there" : other === undefined ? "only-here" : "otherwise";
          return [`${recordKey(`penalty:${id}`)} ${how}`];
        });
        expect(cut).toBe(false);
        expect(differences.map(({ key, how }) => `${key} ${how}`).sort()).toEqual(expected.sort());
      }),
      { numRuns: 50 },
    );
  });

  it("are found equal with one question, whatever they hold", async () => {
    await fc.assert(
      fc.asyncProperty(versions, async (held) => {
        const reversed = new Map([...held].reverse());
        expect(await compare(bookOfVersions(held), bookOfVersions(reversed))).toMatchObject({
          differences: [],
          steps: 1,
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each([100, 1_000, 10_000])(
    "of %i records are told apart in a logarithmic number of steps",
    async (size) => {
      const here = new Map(Array.from({ length: size }, (_, id) => [id, 1]));
      const there = new Map(here);
      for (const id of [1, 2, 3, 50]) there.set(id, 2);
      there.delete(7);
      const { differences, steps } = await compare(bookOfVersions(here), bookOfVersions(there));
      expect(differences).toHaveLength(5);
      expect(steps).toBeLessThanOrEqual(Math.ceil(Math.log2(size) / 4) + 2);
    },
  );

  it("are not compared by an answer that does not say what its own digest does", async () => {
    const [here, there] = [200, 201].map((size) =>
      bookOf(Array.from({ length: size }, (_, id) => entry(id, 1))),
    );
    if (here === undefined || there === undefined) throw new Error("no book");
    const lie = async (prefixes: readonly string[]) => ok(prefixes.map(() => ({ ...emptyRange, count: 1 })));
    expect(await compareBooks(here, rangeOf("", there), lie, () => err("invalid"))).toEqual(err("invalid"));
  });

  it("are said to have moved when one changes between two questions", async () => {
    const versionsOf = (version: number) => new Map(Array.from({ length: 200 }, (_, id) => [id, version]));
    const [here, before] = [bookOfVersions(versionsOf(1)), bookOfVersions(versionsOf(2))];
    const later = async (prefixes: readonly string[]) => ok(prefixes.map((prefix) => rangeOf(prefix, here)));
    expect(await compareBooks(here, rangeOf("", before), later, () => err("invalid"))).toMatchObject({
      value: { moved: true, differences: [] },
    });
    expect(await compare(here, before)).toMatchObject({ moved: false });
  });

  it("are computed in slices, of which each goes on where the one before ended", () => {
    const entries = Array.from({ length: 2_000 }, (_, id) => entry(id, 1));
    const book = bookOf(entries);
    let slices = 0;
    let range: ReturnType<typeof rangeWithin>;
    for (; range === undefined && slices < 100; slices += 1) range = rangeWithin("", book, { left: 60 });
    expect(range).toEqual(rangeOf("", bookOf(entries)));
    expect(slices).toBeGreaterThan(5);
  });

  it("keep what they have computed, and give the same by it", () => {
    const book = bookOf(Array.from({ length: 1_000 }, (_, id) => entry(id, 1)));
    const before = rangeOf("", book);
    expect(rangeOf("", book)).toEqual(before);
    expect(book.kept("0")?.count).toBeGreaterThan(undivided);
  });
});

describe("vectors of the digest", () => {
  it.each(vectors.records)("a record has its key and content: $why", ({ record, key, content }) => {
    const parsed = recordSchema.parse(record);
    expect({ key: recordKey(parsed.id), content: recordContent(parsed) }).toEqual({ key, content });
  });

  it.each(vectors.ranges)("a range has its digest: $why", ({ ids, count, digest }) => {
    const content = vectors.records[0]?.content ?? "";
    const book = bookOf(ids.map((id) => ({ key: recordKey(id), content })));
    expect(rangeOf("", book)).toMatchObject({ count, digest });
  });
});
