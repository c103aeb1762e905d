import { fault } from "@xinqiao/protocol/problem";
import { type CreditRecord, recordFromRow } from "@xinqiao/protocol/record";
import { err, ok } from "@xinqiao/protocol/result";
import { describe, expect, it } from "vitest";
import { createComposite } from "./composite.ts";
import type { RecordSource } from "./port.ts";
import {
  asked,
  penalty,
  penaltyRow,
  taxCredit,
  taxRow,
  testCatalogue,
  testJurisdiction,
  testNow,
} from "./testing/rows.ts";

function recordOf(code: typeof penalty, row: Record<string, string>): CreditRecord {
  const item = testCatalogue.items.get(code);
  if (item === undefined) throw new Error(`no item ${code}`);
  const recordedAt = new Date(testNow).toISOString();
  const record = recordFromRow(item, row, { jurisdiction: testJurisdiction, recordedAt });
  if (!record.ok) throw new Error(JSON.stringify(record.error));
  return record.value;
}

const current = recordOf(penalty, penaltyRow(asked, "示罚〔2025〕1号"));
const grade = recordOf(taxCredit, taxRow(asked, "示税〔2025〕1号"));
const now = () => testNow;
const never = new AbortController().signal;

type Held = ReturnType<RecordSource["held"]>;

function source(name: string, items: Held, find: RecordSource["find"]): RecordSource {
  return {
    name,
    type: "service",
    held: () => items,
    find,
    check: async () => ok({ detail: "well" }),
    close: async () => {},
  };
}
const holding = (name: string, items: Held, records: CreditRecord[], asOf: string) =>
  source(name, items, async () => ok({ records, asOf }));
const query = { subject: asked, items: [penalty, taxCredit] };

describe("several sources as one", () => {
  it("merges what they hold, as old as the oldest", async () => {
    const composite = createComposite(
      [
        holding("a", new Set([penalty]), [current], "2026-02-01T00:00:00.000Z"),
        holding("b", new Set([taxCredit]), [grade], "2026-01-01T00:00:00.000Z"),
      ],
      now,
    );
    expect(await composite.find(query, never)).toEqual(
      ok({ records: [current, grade], asOf: "2026-01-01T00:00:00.000Z" }),
    );
    expect(composite.held("uscc")).toEqual(new Set([penalty, taxCredit]));
    expect(await composite.check(never)).toEqual(ok({ detail: "a (well), b (well)" }));
  });

  it("asks each source only what it can answer", async () => {
    const questions: unknown[] = [];
    const listening = source("a", new Set([taxCredit]), async ({ items }) => {
      questions.push(items);
      return ok({ records: [], asOf: "2026-01-01T00:00:00.000Z" });
    });
    const composite = createComposite([listening], now);
    await composite.find(query, never);
    await composite.find({ ...query, items: [penalty] }, never);
    expect(questions).toEqual([[taxCredit]]);
  });

  it("of two copies of a record keeps the one that discloses less, whichever comes first", async () => {
    const repaired: CreditRecord = { ...current, state: "repaired" };
    const sources = [current, repaired].map((record, at) =>
      holding(`s${at}`, new Set([penalty]), [record], "2026-01-01T00:00:00.000Z"),
    );
    for (const order of [sources, sources.toReversed()]) {
      const found = await createComposite(order, now).find(query, never);
      expect(found.ok && found.value.records).toEqual([repaired]);
    }
  });

  it("fails when one fails, and stops the others", async () => {
    let stopped = false;
    const slow = source("slow", new Set([penalty]), (_query, signal) => {
      const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<RecordSource["find"]>>>();
      signal.addEventListener("abort", () => {
        stopped = true;
        resolve(err(fault("source.unavailable", "slow: abandoned")));
      });
      return promise;
    });
    const failing = source("failing", new Set([taxCredit]), async () =>
      err(fault("source.unavailable", "failing: down")),
    );
    const found = await createComposite([slow, failing], now).find(query, never);
    expect(found).toEqual(err(fault("source.unavailable", "failing: down")));
    expect(stopped).toBe(true);
  });

  it("names what no source holds: an empty answer would read as a clean history", async () => {
    const composite = createComposite(
      [holding("a", new Set([penalty]), [], "2026-01-01T00:00:00.000Z")],
      now,
    );
    const found = await composite.find(query, never);
    expect(found.ok && found.value.gaps).toEqual([{ item: taxCredit, reason: "not-held" }]);
  });

  it("fails when a source cannot say what it holds", async () => {
    const broken: RecordSource = {
      ...holding("a", new Set([penalty]), [], "2026-01-01T00:00:00.000Z"),
      held() {
        throw new Error("disk I/O error");
      },
    };
    expect(await createComposite([broken], now).find(query, never)).toMatchObject({
      ok: false,
      error: { code: "source.unavailable" },
    });
  });

  it("holds nothing, says so, and is well, without any source", async () => {
    const none = createComposite([], now);
    const gaps = [
      { item: penalty, reason: "not-held" },
      { item: taxCredit, reason: "not-held" },
    ];
    expect(await none.find(query, never)).toEqual(
      ok({ records: [], asOf: "2026-03-01T00:00:00.000Z", gaps }),
    );
    expect(await none.check(never)).toMatchObject({ ok: true });
    await none.close();
  });
});
