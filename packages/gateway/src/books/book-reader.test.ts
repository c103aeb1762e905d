import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { type LogEntry, logEntrySchema } from "@xinqiao/protocol/log";
import { type BookSummary, intervalSchema, summarise } from "@xinqiao/protocol/reconciliation";
import { beforeEach, describe, expect, it } from "vitest";
import { createBookReader } from "./book-reader.ts";
import type { LoggedEntries, Summaries } from "./ports.ts";

const hour = intervalSchema.parse("2026-03-01T02Z");
const others = ["03", "04", "05"].map((text) => intervalSchema.parse(`2026-03-01T${text}Z`));
const [baoan, longgang] = [nodeIdSchema.parse("sz-baoan"), nodeIdSchema.parse("sz-longgang")];
const asked = Date.parse("2026-03-01T02:10:00Z");

const refused: LogEntry = logEntrySchema.parse({
  v: 1,
  kind: "lookup.refused",
  at: "2026-03-01T02:10:00.000Z",
  askedAt: "2026-03-01T02:10:00.000Z",
  exchange: "6f1c1f0e-3a56-4c55-8f1e-0d6b1a2c3d4e",
  actor: baoan,
  purpose: "bid-review",
  items: ["penalty"],
  jurisdictions: ["440307"],
  code: "policy.member-not-active",
  rule: "r",
});

let now: number;
let reads: number;
let atOnce: number;
let most: number;
beforeEach(() => {
  [now, reads, atOnce, most] = [0, 0, 0, 0];
});

/** A log of one refusal, which counts how often it is read, and by how many at once. */
const log: LoggedEntries = {
  async *between() {
    reads += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await Promise.resolve();
    yield [{ index: 0, leaf: "", entry: refused, opening: () => undefined, answer: () => undefined }];
    await Promise.resolve();
    atOnce -= 1;
  },
  of: () => [],
  erasureAfter: () => undefined,
  checkpoint: () => undefined,
};

function summariesInMemory(): Summaries {
  const kept = new Map<string, ReadonlyMap<string, BookSummary>>();
  return {
    of(interval, member) {
      const books = kept.get(interval);
      return books && (books.get(member) ?? summarise([]));
    },
    keep: (interval, books) => void kept.set(interval, books),
  };
}

const reader = (hoursADay = 100) =>
  createBookReader({ log, summaries: summariesInMemory(), now: () => now, hoursADay });

describe("the books of an hour", () => {
  it("are read once for all members, and again after a while; what is older than a book's beginning is left out", async () => {
    const books = reader();
    const since = asked / 1000 + 1;
    expect(await books.read(hour, baoan, since)).toEqual({ ok: true, value: [] });
    expect(await books.read(hour, baoan, since - 1)).toMatchObject({ ok: true, value: [{ at: asked }] });
    expect(await books.read(hour, longgang)).toEqual({ ok: true, value: [] });
    expect(reads).toBe(1);
    now = 60_000;
    await books.read(hour, baoan);
    expect(reads).toBe(2);
  });

  it("are summed up for every member when they are read, and known from then on without a reading", async () => {
    const books = reader();
    expect(books.summary(hour, baoan)).toBeUndefined();
    const read = await books.read(hour, longgang);
    expect(read).toEqual({ ok: true, value: [] });
    expect(books.summary(hour, baoan)?.asked.count).toBe(1);
    expect(books.summary(hour, longgang)).toEqual(summarise([]));
    expect(reads).toBe(1);
  });

  it("are read one hour at a time, however many are asked for", async () => {
    const books = reader();
    await Promise.all([hour, ...others].map((interval) => books.read(interval, baoan)));
    expect([reads, most]).toEqual([4, 1]);
  });

  it("are read for a member so often in a day, and the next day again", async () => {
    const books = reader(2);
    const [second, third, fourth] = others;
    if (second === undefined || third === undefined || fourth === undefined) throw new Error("no hours");
    for (const interval of [hour, second]) await books.read(interval, baoan);
    expect(await books.read(third, baoan)).toMatchObject({
      ok: false,
      error: { code: "limit.book-hours", facts: { hours: 2, retryAfterMs: 86_400_000 } },
    });
    expect((await books.read(second, baoan)).ok, "it is held still").toBe(true);
    expect((await books.read(third, longgang)).ok).toBe(true);
    expect(reads).toBe(3);
    now = 86_400_000;
    expect((await books.read(fourth, baoan)).ok).toBe(true);
  });

  it("are asked for again when they could not be read", async () => {
    const broken: LoggedEntries = {
      ...log,
      between() {
        reads += 1;
        if (reads === 1) throw new Error("away");
        return log.between(0, 0);
      },
    };
    const books = createBookReader({
      log: broken,
      summaries: summariesInMemory(),
      now: () => now,
      hoursADay: 9,
    });
    await expect(books.read(hour, baoan)).rejects.toThrow("away");
    expect(await books.read(hour, baoan)).toMatchObject({ ok: true, value: [{ at: asked }] });
  });
});
