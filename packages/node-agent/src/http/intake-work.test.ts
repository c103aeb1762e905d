import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IntakeDependencies, openIntake, type Receipt, receiptSchema } from "../intake/index.ts";
import { openTestIntake, penalty, type TestIntake } from "../intake/testing/intake.ts";
import { penaltyRow, testCatalogue, testJurisdiction, testUscc } from "../intake/testing/rows.ts";
import { intakeFor } from "./local-work.ts";

let test: TestIntake;
let taken: Receipt[];
let pauses: number;
beforeEach(() => {
  test = openTestIntake();
  taken = [];
  pauses = 0;
});
afterEach(() => test.close());

const noSuchDay = { CF_JDRQ: "2025-02-30" };
const trace = { traceId: "0".repeat(32), parentId: "0".repeat(16), sampled: false };

function open(changes: Partial<IntakeDependencies> = {}) {
  return openIntake({
    store: test.store,
    catalogue: () => testCatalogue,
    jurisdiction: testJurisdiction,
    now: () => test.now,
    giveWay: async () => {
      pauses += 1;
    },
    onTaken: (receipt) => taken.push(receipt),
    ...changes,
  });
}

/** @returns the receipt, or the code of what is wrong */
async function post(body: object, item = "penalty", intake = open()): Promise<Receipt | string> {
  const work = intakeFor({ intake }, item);
  const done = await work(Buffer.from(JSON.stringify(body)), trace, new AbortController().signal);
  if (done.ok) return receiptSchema.parse(done.value);
  return done.error.by === "agent" ? done.error.fault.code : "gateway";
}

const gapsOf = (n: number) => test.store.find({ scheme: "uscc", id: testUscc(n) }, [penalty]).gaps;

describe("rows that a platform posts", () => {
  it("are held; those with faults are kept back, named, and seen among the gaps", async () => {
    const rows = [
      penaltyRow(1),
      penaltyRow(2, noSuchDay),
      penaltyRow(1),
      { ...penaltyRow(3), 备注: "x" },
      { CF_WSH: { a: 1 } },
    ];
    expect(await post({ reference: "a-1", rows })).toMatchObject({
      reference: "a-1",
      item: "penalty",
      receivedAt: "2026-02-01T00:00:00.000Z",
      received: 5,
      accepted: 2,
      unchanged: 0,
      quarantined: 2,
      duplicates: 1,
      unknownColumns: ["备注"],
      rows: [
        {
          row: 2,
          reasons: [{ field: "CF_JDRQ", reason: "date-not-real", zh: "日期不存在", en: "no such day" }],
        },
        { row: 5 },
      ],
    });
    expect([1, 2, 3].map((n) => test.held(n).length)).toEqual([1, 0, 1]);
    expect(test.store.imports.openGaps()).toEqual([{ import: 1, line: 2, file: "a-1", item: "penalty" }]);
    expect(taken).toHaveLength(1);
  });

  it("are told of everything that is wrong with them, in cells and in values", async () => {
    const [code, day] = ["CF_XDR_SHXYM", "CF_JDRQ"];
    const row = { ...penaltyRow(1, noSuchDay), CF_NR_FK: { a: 1 }, [code]: "91350203M0001QAY9B" };
    const receipt = await post({ reference: "a-1", rows: [row] });
    const reasons = [
      { field: "CF_NR_FK", reason: "cell-not-text" },
      { field: day, reason: "date-not-real" },
      { field: code, reason: "uscc.check-character" },
    ];
    expect(receipt).toMatchObject({ rows: [{ row: 1, reasons }] });
  });

  it("are answered again with the same receipt, and nothing changes", async () => {
    const batch = { reference: "a-1", rows: [penaltyRow(1), penaltyRow(2, noSuchDay)] };
    const first = await post(batch);
    test.now += 60_000;
    expect(await post(batch)).toEqual(first);
    const intake = open();
    expect(await Promise.all([post(batch, "penalty", intake), post(batch, "penalty", intake)])).toEqual([
      first,
      first,
    ]);
    expect(test.store.imports.list(9)).toHaveLength(1);
    expect(test.store.imports.openGaps()).toHaveLength(1);
    expect(taken).toHaveLength(1);
  });

  it("are refused under a name that other rows had, sent at the same time or later", async () => {
    const intake = open();
    const [one, other] = [1, 2].map((n) => ({ reference: "a-1", rows: [penaltyRow(n)] }));
    if (one === undefined || other === undefined) throw new Error("two batches");
    const both = await Promise.all([post(one, "penalty", intake), post(other, "penalty", intake)]);
    expect(both).toEqual([expect.objectContaining({ accepted: 1 }), "intake.reference-reused"]);
    expect(await post(other)).toBe("intake.reference-reused");
    expect([test.held(1).length, test.held(2).length]).toEqual([1, 0]);
  });

  it("close the gaps of the batch that they put right", async () => {
    const unreadable = { ...noSuchDay, CF_WSH: "" };
    await post({ reference: "a-1", rows: [penaltyRow(1), penaltyRow(2, unreadable)] });
    await post({ reference: "a-2", rows: [penaltyRow(2, { CF_WSH: "示宝罚〔2024〕99号" })] });
    expect(gapsOf(2), "another record of theirs says nothing of it").toEqual([penalty]);
    await post({ reference: "a-3", corrects: "a-1", rows: [penaltyRow(2)] });
    expect(gapsOf(2)).toEqual([]);
  });

  it("are completed when the agent broke off between two transactions", async () => {
    const batch = { reference: "a-1", rows: Array.from({ length: 150 }, (_, n) => penaltyRow(n + 1)) };
    const giveWay = () => Promise.reject(new Error("broken off"));
    const broken = open({ giveWay });
    await expect(post(batch, "penalty", broken)).rejects.toThrow("broken off");
    expect([test.held(100).length, test.held(101).length]).toEqual([1, 0]);
    expect(await post(batch)).toMatchObject({ received: 150, accepted: 50, unchanged: 100 });
    expect(pauses).toBe(2);
  });

  it("are a thousand at most, and at least one", async () => {
    const many = Array.from({ length: 1_001 }, () => ({}));
    expect(await post({ reference: "a-1", rows: many })).toBe("request.shape-invalid");
    expect(await post({ reference: "a-1", rows: [] })).toBe("request.shape-invalid");
    expect(await post({ reference: "张三 1", rows: [penaltyRow(1)] })).toBe("request.shape-invalid");
    expect(await post({ reference: "a-1", rows: many.slice(1) })).toMatchObject({ quarantined: 1_000 });
  });

  it("are refused of an item that is not in the catalogue, and by who has no records", async () => {
    const batch = { reference: "a-1", rows: [penaltyRow(1)] };
    expect(await post(batch, "no-such")).toBe("intake.item-unknown");
    expect(await post(batch, "../x")).toBe("intake.item-unknown");
    const asks = open({ jurisdiction: undefined });
    expect(await post(batch, "penalty", asks)).toBe("intake.no-jurisdiction");
  });
});
