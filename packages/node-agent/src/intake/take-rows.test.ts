import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CorrectionAct } from "../sharing/index.ts";
import { type StreamRow, takeRows } from "./take-rows.ts";
import { openTestIntake, penalty, type TestIntake, titles } from "./testing/intake.ts";
import { penaltyRow, testCatalogue, testItem, testJurisdiction } from "./testing/rows.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
  intake.store.streams.open(mapping.stream, mapping.item.code);
});
afterEach(() => intake.close());

const mapping = {
  stream: "platform.penalties",
  item: testItem("penalty"),
  fields: Object.fromEntries(titles.map((title) => [title, title])),
  stateValues: { valid: "current", revoked: "withdrawn", mended: "repaired" } as const,
};

const row = (key: string, n: number, changes: Record<string, string> = {}, state = "valid"): StreamRow => {
  const cells = penaltyRow(n, changes);
  return { key, cells: titles.map((title) => cells[title]), state };
};

const take = (rows: readonly StreamRow[], cursor?: string) =>
  takeRows(
    rows,
    mapping,
    {
      store: intake.store,
      catalogue: () => testCatalogue,
      jurisdiction: testJurisdiction,
      now: () => intake.now,
      giveWay: async () => {},
    },
    cursor,
  );

const states = (n: number) => intake.held(n).map(({ state }) => state);

const correct = (n: number, act: CorrectionAct) =>
  intake.store.own.correct(intake.held(n)[0]?.id ?? "", act, "2026-02-01T00:00:00Z");

describe("rows of a stream", () => {
  it("are taken once, and the cursor with them", async () => {
    const rows = Array.from({ length: 250 }, (_, n) => row(String(n), n));
    expect(await take(rows, "7")).toMatchObject({ received: 250, accepted: 250 });
    expect(intake.store.streams.cursor(mapping.stream)).toBe("7");
    expect(await take(rows, "8")).toMatchObject({ received: 0 });
    expect(intake.held(3).map(({ version }) => version)).toEqual([1]);
  });

  it("withdraw their record when the last of them is gone, and bring back what they took away", async () => {
    await take([row("a", 1), row("b", 1)]);
    await take([{ key: "a" }]);
    expect(states(1)).toEqual(["current"]);
    await take([{ key: "b" }]);
    expect(states(1)).toEqual(["withdrawn"]);
    await take([row("c", 1)]);
    expect(states(1)).toEqual(["current"]);
  });

  it("never bring back what was repaired here", async () => {
    await take([row("a", 1)]);
    correct(1, { state: "repaired" });
    await take([row("a", 1, { CF_NR: "另一内容" })]);
    await take([{ key: "a" }]);
    await take([row("a", 1)]);
    expect(states(1)).toEqual(["repaired"]);
  });

  it.each(["revoked", "mended"])(
    "that say %s between leave repaired what was repaired here",
    async (state) => {
      await take([row("a", 1)]);
      correct(1, { state: "repaired" });
      for (const said of [state, "valid"]) {
        await take([row("a", 1, {}, said)]);
        expect(states(1)).toEqual(["repaired"]);
      }
    },
  );

  it("bring back what they have repaired themselves, and not what was withdrawn here", async () => {
    await take([row("a", 1), row("b", 2)]);
    correct(2, { state: "withdrawn" });
    await take([row("a", 1, {}, "mended"), row("b", 2, {}, "revoked")]);
    expect([...states(1), ...states(2)]).toEqual(["repaired", "withdrawn"]);
    await take([row("a", 1), row("b", 2)]);
    expect([...states(1), ...states(2)]).toEqual(["current", "withdrawn"]);
  });

  it("give an annotation back with the record", async () => {
    await take([row("a", 1), row("b", 2)]);
    for (const n of [1, 2]) correct(n, { state: "annotated", annotation: "异议处理中" });
    await take([{ key: "a" }, row("b", 2, {}, "revoked")]);
    expect([...states(1), ...states(2)]).toEqual(["withdrawn", "withdrawn"]);
    await take([row("a", 1), row("b", 2)]);
    for (const n of [1, 2])
      expect(intake.held(n)).toMatchObject([{ state: "annotated", annotation: "异议处理中" }]);
  });

  it("may exchange their records in one batch", async () => {
    await take([row("a", 1), row("b", 2)]);
    expect(await take([row("a", 2), row("b", 1)])).toMatchObject({ unchanged: 2 });
    expect([...states(1), ...states(2)]).toEqual(["current", "current"]);
  });

  it("are kept back beside one that says otherwise, until it gives way", async () => {
    await take([row("a", 1), row("b", 1, { CF_NR: "另一内容" })]);
    expect(intake.store.imports.openGaps()).toMatchObject([{ file: mapping.stream, line: 1 }]);
    await take([{ key: "a" }]);
    expect(intake.store.streams.again(mapping.stream, 10)).toEqual(["b"]);
    await take([row("b", 1, { CF_NR: "另一内容" })]);
    expect(intake.held(1)).toMatchObject([{ state: "current", fields: { CF_NR: "另一内容" } }]);
    expect(intake.store.imports.openGaps()).toEqual([]);
  });

  it.each([
    ["valid", "revoked"],
    ["revoked", "valid"],
  ])("that say %s are not overruled by one that says %s of the same record", async (first, other) => {
    const later = row("b", 1, {}, other);
    const before = first === "valid" ? "current" : "withdrawn";
    expect(await take([row("a", 1, {}, first), later])).toMatchObject({ accepted: 1, quarantined: 1 });
    expect(states(1)).toEqual([before]);
    await take([row("a", 1, {}, other)]);
    expect(states(1)).not.toEqual([before]);
    expect(intake.store.streams.again(mapping.stream, 10)).toEqual(["b"]);
    expect(await take([later])).toMatchObject({ duplicates: 1 });
    expect(intake.store.imports.openGaps()).toEqual([]);
  });

  it("may change their state one after the other", async () => {
    await take([row("a", 1), row("b", 1)]);
    expect(await take([row("a", 1, {}, "revoked")])).toMatchObject({ quarantined: 1 });
    expect(states(1)).toEqual(["current"]);
    await take([row("b", 1, {}, "revoked")]);
    expect(states(1)).toEqual(["withdrawn"]);
    expect(await take([row("a", 1, {}, "revoked")])).toMatchObject({ duplicates: 1 });
  });

  it("that say neither their state nor their day rightly are kept back for both", async () => {
    await take([row("a", 1, { CF_JDRQ: "2024-02-30" }, "unheard-of"), { ...row("b", 2), isKeyless: true }]);
    const kept = intake.store.streams.keptBack(mapping.stream, 9);
    expect(
      Object.fromEntries(kept.map(({ key, reasons }) => [key, reasons.map(({ reason }) => reason)])),
    ).toEqual({ a: ["state-not-mapped", "date-not-real"], b: ["key-missing"] });
  });

  it("that cannot be read leave their record as it was, with a gap until they can", async () => {
    await take([row("a", 1)]);
    expect(await take([row("a", 1, { CF_JDRQ: "2024-02-30" })])).toMatchObject({ quarantined: 1 });
    expect(states(1)).toEqual(["current"]);
    expect(
      intake.store.find({ scheme: "uscc", id: intake.held(1)[0]?.subject.id ?? "" }, [penalty]).gaps,
    ).toEqual([penalty]);
    await take([row("a", 1)]);
    expect(intake.store.imports.openGaps()).toEqual([]);
  });

  it("that cannot be read, but say that their record was repaired, are kept back beside it", async () => {
    await take([row("a", 1), row("b", 2), row("c", 2)]);
    const unread = { CF_JDRQ: "" };
    expect(
      await take([
        row("a", 1, unread, "mended"),
        row("b", 2, unread, "mended"),
        row("d", 3, unread, "mended"),
      ]),
    ).toMatchObject({ quarantined: 3 });
    expect(states(1)).toEqual(["repaired"]);
    // The other row still says that it is current.
    expect(states(2)).toEqual(["current"]);
    expect(await take([row("a", 1, {}, "mended")])).toMatchObject({ unchanged: 1 });
    await take([row("a", 1)]);
    expect(states(1)).toEqual(["current"]);
  });

  it("that are kept back make one import a day, which counts every one for its month", async () => {
    const unread = (text: string) => row("a", 1, { CF_JDRQ: "2024-02-30", CF_NR: text });
    // The last day of January and the first of February, in China.
    for (const [n, at] of ["2026-01-31T15:58Z", "2026-01-31T15:59Z", "2026-01-31T16:00Z"].entries()) {
      intake.now = Date.parse(at);
      await take([unread(String(n)), row("b", 2, { CF_XDR_MC: "" })]);
    }
    const { imports, streams } = intake.store;
    expect(imports.list(9)).toMatchObject([
      { quarantined: 1, startedAt: "2026-01-31T16:00:00.000Z" },
      { quarantined: 3, received: 3, startedAt: "2026-01-31T15:58:00.000Z" },
    ]);
    expect(imports.keptBack("2026-01-01", "2026-01-31T16:00:00.000Z")).toBe(3);
    expect(streams.keptBack(mapping.stream, 9)).toHaveLength(2);
    expect(imports.openGaps()).toHaveLength(2);
    await take([row("a", 1), row("b", 2)]);
    expect(imports.openGaps()).toEqual([]);
  });

  it("are withdrawn by the state they say", async () => {
    await take([row("a", 1)]);
    await take([row("a", 1, {}, "revoked")]);
    expect(states(1)).toEqual(["withdrawn"]);
    expect(await take([row("a", 1, {}, "?")])).toMatchObject({ quarantined: 1 });
  });
});
