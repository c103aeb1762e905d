import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestIntake, penalty, penaltyFile, type TestIntake, titles } from "./testing/intake.ts";
import { penaltyRow, testUscc } from "./testing/rows.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

/** A published example of a citizen's number. */
const person = "11010519491231002X";
const noSuchDay = { CF_JDRQ: "2025-02-30" };
const take = (name: string, rows: readonly Record<string, string>[]) =>
  intake.reportOf(intake.folder.file(name, penaltyFile(rows)));
const gapsOf = (n: number) => intake.store.find({ scheme: "uscc", id: testUscc(n) }, [penalty]).gaps;

describe("a row that is kept back", () => {
  it("is a gap of whom it is about, and of nobody else", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, noSuchDay)]);
    expect([gapsOf(1), gapsOf(2), gapsOf(3)]).toEqual([[], [penalty], []]);
    expect(intake.held(2)).toEqual([]);
  });

  it("is a gap too when not even its document number can be read", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, { ...noSuchDay, CF_WSH: "" })]);
    expect(gapsOf(2)).toEqual([penalty]);
  });

  it("is nobody's when its identifier cannot be read: nothing is attached by guessing", async () => {
    const report = await take("a.csv", [
      penaltyRow(1),
      penaltyRow(2, { CF_XDR_SHXYM: "914403001234567890" }),
    ]);
    expect(report.quarantined).toBe(1);
    expect([gapsOf(1), gapsOf(2)]).toEqual([[], []]);
  });

  it("is traced by the number of a person when there is no code: a slash is how files write none", async () => {
    const rows = [
      penaltyRow(1),
      penaltyRow(2, { CF_XDR_SHXYM: "/", CF_XDR_ZJLX: "身份证", CF_XDR_ZJHM: person }),
    ];
    await intake.reportOf(
      intake.folder.file("a.csv", penaltyFile(rows, [...titles, "CF_XDR_ZJLX", "CF_XDR_ZJHM"])),
    );
    expect(intake.store.find({ scheme: "citizen-id", id: person }, [penalty]).gaps).toEqual([penalty]);
  });

  it("is no gap any more once its record has come, in whatever file", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, noSuchDay)]);
    await take("b.csv", [penaltyRow(1), penaltyRow(3)]);
    expect(gapsOf(2), "other records say nothing of it").toEqual([penalty]);
    await take("c.csv", [penaltyRow(2)]);
    expect(gapsOf(2)).toEqual([]);
  });

  it("is no gap any more once its file has come again with it put right", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, { ...noSuchDay, CF_WSH: "" })]);
    await take("b.csv", [penaltyRow(2)]);
    expect(gapsOf(2), "the other row may have been another record").toEqual([penalty]);
    await take("a.csv", [penaltyRow(1), penaltyRow(3)]);
    expect(gapsOf(2), "a file may bring only what is new").toEqual([penalty]);
    await take("a.csv", [penaltyRow(1), penaltyRow(2)]);
    expect(gapsOf(2)).toEqual([]);
  });

  it("stays a gap when a later file of its name brings other rows, or none", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, noSuchDay)]);
    await take("a.csv", [penaltyRow(3)]);
    await take("a.csv", []);
    expect(gapsOf(2)).toEqual([penalty]);
  });

  it("is no gap when the same file has the right row behind it", async () => {
    await take("a.csv", [penaltyRow(2, noSuchDay), penaltyRow(2)]);
    expect(intake.held(2)).toHaveLength(1);
    expect(gapsOf(2)).toEqual([]);
  });

  it("is nobody's when its code is wrong, whatever other number it gives", async () => {
    const row = penaltyRow(2, {
      CF_XDR_SHXYM: "914403001234567890",
      CF_XDR_ZJLX: "身份证",
      CF_XDR_ZJHM: person,
    });
    await intake.reportOf(
      intake.folder.file(
        "a.csv",
        penaltyFile([penaltyRow(1), row], [...titles, "CF_XDR_ZJLX", "CF_XDR_ZJHM"]),
      ),
    );
    expect(intake.store.imports.openGaps()).toEqual([]);
  });

  it("is closed by an operator, who is told where it stood and not whom it is about", async () => {
    const { import: id } = await take("a.csv", [penaltyRow(1), penaltyRow(2, noSuchDay)]);
    expect(intake.store.imports.openGaps()).toEqual([{ import: id, line: 3, file: "a.csv", item: penalty }]);
    expect(intake.store.imports.closeGap({ import: id, line: 3 })).toBe(true);
    expect(gapsOf(2)).toEqual([]);
    expect(intake.store.imports.closeGap({ import: id, line: 3 })).toBe(false);
  });

  it("stays a gap when its file comes again as it was, or breaks off", async () => {
    const rows = [penaltyRow(1), penaltyRow(2, noSuchDay)];
    await take("a.csv", rows);
    await take("a.csv", rows);
    expect(gapsOf(2)).toEqual([penalty]);
    const session = intake.store.imports.start({
      file: "a.csv",
      sha256: "",
      item: penalty,
      startedAt: "2026-03-01T00:00:00.000Z",
    });
    session.close();
    expect(gapsOf(2)).toEqual([penalty]);
  });

  it("stays a gap when its file comes again and nothing of it can be read", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, noSuchDay)]);
    await take("a.csv", [penaltyRow(3, { CF_XDR_SHXYM: "?" })]);
    expect(gapsOf(2)).toEqual([penalty]);
  });

  it("stays a gap when two rows of one file contradict each other", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(1, { CF_NR_FK: "9.000000" })]);
    expect(intake.held(1)).toHaveLength(1);
    expect(gapsOf(1)).toEqual([penalty]);
  });

  it("stays a gap when its cells are forgotten", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2, noSuchDay)]);
    expect(intake.store.imports.purgeQuarantine("2027-01-01T00:00:00.000Z")).toBe(1);
    expect(gapsOf(2)).toEqual([penalty]);
  });
});
