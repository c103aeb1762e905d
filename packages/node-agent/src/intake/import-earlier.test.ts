import type { Catalogue, Item } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema } from "@xinqiao/protocol/identity";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImportOptions } from "./import-file.ts";
import { openTestIntake, penalty, penaltyFile, type TestIntake, titles } from "./testing/intake.ts";
import { penaltyRow, testCatalogue, testItem, testUscc } from "./testing/rows.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

const dayMs = 86_400_000;
const noSuchDay = { CF_JDRQ: "2025-02-30" };
const corrected = { CF_NR_FK: "0.6" };

/** On a day of its own. */
async function take(
  name: string,
  rows: readonly Record<string, string>[],
  options: Partial<ImportOptions> = {},
) {
  intake.now += dayMs;
  return intake.reportOf(intake.folder.file(name, penaltyFile(rows)), options);
}
/** With a column that says nothing. */
async function takeBlank(
  name: string,
  rows: readonly Record<string, string>[],
  catalogue: ImportOptions["catalogue"] = testCatalogue,
) {
  intake.now += dayMs;
  const cells = rows.map((row) => ({ ...row, CF_XDR_GSZC: "" }));
  const file = penaltyFile(cells, [...titles, "CF_XDR_GSZC"]);
  return intake.reportOf(intake.folder.file(name, file), { catalogue });
}
const gapsOf = (n: number) => intake.store.find({ scheme: "uscc", id: testUscc(n) }, [penalty]).gaps;
const coveredAt = () => intake.store.imports.coverage().get(penalty);
const now = () => new Date(intake.now).toISOString();

/** The next version, with an item changed. */
function changed(change: (item: Item) => Item): Pick<Catalogue, "items" | "version"> {
  const items = new Map(testCatalogue.items).set(penalty, change(testItem("penalty")));
  return { items, version: testCatalogue.version + 1 };
}
const without = (name: string) =>
  changed((item) => ({ ...item, fields: item.fields.filter((field) => field.name !== name) }));
/** Of which no row has the column. */
const stricter = changed((item) => ({
  ...item,
  fields: item.fields.map((field) => (field.name === "CF_XDR_GSZC" ? { ...field, required: true } : field)),
}));

describe("a file sent again", () => {
  it("is taken anew where a catalogue or the jurisdiction has changed: nobody else has said otherwise", async () => {
    const rows = [penaltyRow(1)];
    await take("a.csv", rows, { catalogue: without("CF_GSJZQ") });
    expect(await take("a.csv", rows)).toMatchObject({ accepted: 1, unchanged: 0, superseded: 0 });
    expect(intake.held(1)).toMatchObject([{ version: 2, fields: { CF_GSJZQ: "2027-01-02" } }]);
    const jurisdiction = jurisdictionSchema.parse("440307");
    expect(await take("a.csv", rows, { jurisdiction })).toMatchObject({ accepted: 1, superseded: 0 });
    expect(intake.held(1)).toMatchObject([{ version: 3, jurisdiction: "440307" }]);
    expect(await take("a.csv", rows, { jurisdiction })).toMatchObject({ accepted: 0, unchanged: 1 });
  });

  it("is taken anew then of records made before it was kept which import they are of, too", async () => {
    await take("a.csv", [penaltyRow(1), penaltyRow(2)], { catalogue: without("CF_GSJZQ") });
    await take("b.csv", [penaltyRow(2, corrected)], { catalogue: without("CF_GSJZQ") });
    const database = new Database(intake.folder.path("store.db"));
    database.exec("UPDATE record SET import = NULL");
    database.close();
    expect(await take("a.csv", [penaltyRow(1), penaltyRow(2)])).toMatchObject({ accepted: 1, superseded: 1 });
  });

  it("is taken anew then of a record that only its state has changed of", async () => {
    await take("a.csv", [penaltyRow(1)], { catalogue: without("CF_GSJZQ") });
    intake.store.own.correct(
      intake.held(1)[0]?.id ?? "",
      { state: "annotated", annotation: "异议处理中" },
      now(),
    );
    expect(await take("a.csv", [penaltyRow(1)])).toMatchObject({ accepted: 1, superseded: 0 });
    expect(intake.held(1)).toMatchObject([{ state: "annotated", fields: { CF_GSJZQ: "2027-01-02" } }]);
  });

  it("leaves what another file has corrected, whatever the catalogue is", async () => {
    await take("a.csv", [penaltyRow(1)], { catalogue: without("CF_GSJZQ") });
    await take("b.csv", [penaltyRow(1, corrected)], { catalogue: without("CF_GSJZQ") });
    expect(await take("a.csv", [penaltyRow(1)])).toMatchObject({ superseded: 1 });
    expect(await take("b.csv", [penaltyRow(1, corrected)])).toMatchObject({ accepted: 1, superseded: 0 });
  });

  it("closes no gap that was opened since, and does not say how things stand", async () => {
    const rows = [penaltyRow(1), penaltyRow(2)];
    await take("a.csv", rows);
    await take("b.csv", [penaltyRow(1, corrected), penaltyRow(2, noSuchDay)]);
    const stood = coveredAt();
    expect(await take("a.csv", rows)).toMatchObject({ unchanged: 2, superseded: 1 });
    expect(gapsOf(2)).toEqual([penalty]);
    expect(coveredAt()).toBe(stood);
    await take("c.csv", [penaltyRow(2)]);
    expect(gapsOf(2), "a file that has not said so before").toEqual([]);
  });

  it("says how things stand where nothing newer has been taken", async () => {
    for (const _time of [1, 2]) {
      await take("a.csv", [penaltyRow(1)]);
      expect(coveredAt()).toBe(now());
    }
  });

  it("closes no gap that was opened since, of a row whose document nobody can tell", async () => {
    const rows = [penaltyRow(1)];
    await take("a.csv", rows);
    await take("a.csv", [penaltyRow(3), penaltyRow(1, { ...noSuchDay, CF_WSH: "" })]);
    await take("a.csv", rows);
    expect(gapsOf(1)).toEqual([penalty]);
  });

  it("brings the rows that were kept back, though an older file has brought their records meanwhile", async () => {
    const rows = [penaltyRow(1), penaltyRow(2, { CF_NR: "罚款人民币一万元" })];
    const good = { ...penaltyRow(1), CF_XDR_GSZC: "示例" };
    const file = penaltyFile([good, { ...rows[1], CF_XDR_GSZC: "" }], [...Object.keys(good)]);
    const path = intake.folder.file("a.csv", file);
    expect(await intake.reportOf(path, { catalogue: stricter })).toMatchObject({
      accepted: 1,
      quarantined: 1,
    });
    await take("older.csv", [penaltyRow(2)]);
    await take("c.csv", [penaltyRow(1, corrected), penaltyRow(2, noSuchDay)]);
    intake.now += dayMs;
    expect(await intake.reportOf(path)).toMatchObject({ accepted: 1, superseded: 1, overridden: 1 });
    expect(intake.held(2)).toMatchObject([{ fields: { CF_NR: "罚款人民币一万元" } }]);
    expect(gapsOf(2)).toEqual([]);
  });

  it("says of how many rows that were kept back it undoes what has come since; that comes back by force", async () => {
    const rows = [penaltyRow(1), penaltyRow(2)];
    await takeBlank("a.csv", rows, stricter);
    await take("c.csv", [penaltyRow(2, corrected)]);
    expect(await takeBlank("a.csv", rows)).toMatchObject({ accepted: 2, superseded: 0, overridden: 1 });
    expect(await takeBlank("a.csv", rows)).toMatchObject({ unchanged: 2, overridden: 0 });
    expect(await take("c.csv", [penaltyRow(2, corrected)])).toMatchObject({ accepted: 0, superseded: 1 });
    expect(await take("c.csv", [penaltyRow(2, corrected)], { force: true })).toMatchObject({ accepted: 1 });
    expect(intake.held(2)).toMatchObject([{ version: 3, fields: corrected }]);
  });

  it("brings its rows where all of them were kept back, until a file of its name has come or they are forgotten", async () => {
    const rows = [penaltyRow(1, { CF_NR: "罚款人民币一万元" }), penaltyRow(2)];
    expect(await takeBlank("a.csv", rows, stricter)).toMatchObject({ accepted: 0, quarantined: 2 });
    await take("older.csv", [penaltyRow(1)]);
    await take("c.csv", [penaltyRow(3), penaltyRow(1, noSuchDay)]);
    expect(await takeBlank("a.csv", rows)).toMatchObject({ accepted: 2, superseded: 0 });
    expect(intake.held(1)).toMatchObject([{ fields: { CF_NR: "罚款人民币一万元" } }]);
    expect(gapsOf(1)).toEqual([]);

    await takeBlank("b.csv", [penaltyRow(4)], stricter);
    await take("c.csv", [penaltyRow(4, corrected)]);
    intake.store.imports.purgeQuarantine(now());
    expect(await takeBlank("b.csv", [penaltyRow(4)])).toMatchObject({ accepted: 0, superseded: 1 });

    await takeBlank("d.csv", [penaltyRow(5)], stricter);
    await take("d.csv", [penaltyRow(5, corrected)]);
    expect(await takeBlank("d.csv", [penaltyRow(5)])).toMatchObject({ accepted: 0, superseded: 1 });
  });

  it("is taken anew of what it has brought itself when it was broken off", async () => {
    const rows = [penaltyRow(1), penaltyRow(2)];
    await take("a.csv", rows, { catalogue: without("CF_NR") });
    const giveWay = async () => Promise.reject(new Error("the process ends"));
    const brokenOff = take("a.csv", rows, { catalogue: without("CF_GSJZQ"), batchRows: 1, giveWay });
    await expect(brokenOff).rejects.toThrow("the process ends");
    expect(await take("a.csv", rows)).toMatchObject({ accepted: 2, superseded: 0 });
  });
});

describe("a file put right", () => {
  const bad = [penaltyRow(1), penaltyRow(2, noSuchDay), penaltyRow(3, noSuchDay)];
  const better = [penaltyRow(1), penaltyRow(2), penaltyRow(3, noSuchDay)];
  const good = [penaltyRow(1), penaltyRow(2), penaltyRow(3)];

  it("does not undo what was corrected since, the second time neither, and says so", async () => {
    await take("a.csv", bad);
    await take("b.csv", [penaltyRow(1, corrected)]);
    expect(await take("a.csv", better)).toMatchObject({ accepted: 1, unchanged: 1, superseded: 1 });
    expect(await take("a.csv", good)).toMatchObject({ accepted: 1, unchanged: 2, superseded: 1 });
    expect(intake.held(1)).toMatchObject([{ version: 2, fields: corrected }]);
    expect(coveredAt(), "it is a newer file").toBe(now());
    expect([gapsOf(2), gapsOf(3)]).toEqual([[], []]);
  });

  it("brings what its sender has changed in it beside", async () => {
    await take("a.csv", bad);
    await take("b.csv", [penaltyRow(1, corrected)]);
    const rows = [penaltyRow(1, { CF_NR_FK: "0.7" }), penaltyRow(2), penaltyRow(3)];
    expect(await take("a.csv", rows)).toMatchObject({ accepted: 3, superseded: 0 });
  });

  it("closes no gap of a row that it has said before and that was opened since", async () => {
    await take("a.csv", bad);
    await take("b.csv", [penaltyRow(4), penaltyRow(1, { ...corrected, ...noSuchDay })]);
    await take("a.csv", better);
    await take("a.csv", good);
    expect(gapsOf(1)).toEqual([penalty]);
  });

  it.each([
    ["says otherwise of a record of the same file", corrected],
    ["has no document number", { CF_WSH: "" }],
  ])(
    "has no gap of a row any more that %s, and is in it no more, however often it came with it",
    async (_what, row) => {
      for (const more of [[], [], [penaltyRow(2)]]) {
        expect(await take("a.csv", [penaltyRow(1), penaltyRow(1, row), ...more])).toMatchObject({
          quarantined: 1,
        });
        expect(gapsOf(1)).toEqual([penalty]);
      }
      await take("a.csv", [penaltyRow(1)]);
      expect(gapsOf(1)).toEqual([]);
    },
  );

  it("is a file of its own again once it was whole, under another name, or taken by force", async () => {
    await take("a.csv", bad);
    await take("b.csv", [penaltyRow(1, corrected)]);
    expect(await take("other.csv", better)).toMatchObject({ accepted: 2, superseded: 0 });
    await take("b.csv", [penaltyRow(1, corrected)], { force: true });
    expect(await take("a.csv", good)).toMatchObject({ accepted: 1, superseded: 1 });
    expect(await take("a.csv", [penaltyRow(1)])).toMatchObject({ accepted: 1, superseded: 0 });
    await take("a.csv", bad);
    await take("b.csv", [penaltyRow(1, corrected)], { force: true });
    expect(await take("a.csv", better, { force: true })).toMatchObject({ accepted: 1, superseded: 0 });
  });

  it("needs what it said no longer than until it comes again, or its rows kept back are forgotten", async () => {
    const many = Array.from({ length: 1_200 }, (_, n) => penaltyRow(n + 10));
    const kept = () => {
      const database = new Database(intake.folder.path("store.db"));
      const rows = database.prepare("SELECT count(*) FROM file_row").pluck().get();
      database.close();
      return rows;
    };
    await take("a.csv", [...many, penaltyRow(2, noSuchDay)]);
    expect(kept()).toBe(1_200);
    await take("a.csv", [...many, penaltyRow(3, noSuchDay)]);
    expect(kept()).toBe(1_200);
    await take("a.csv", good);
    expect(kept()).toBe(0);
    await take("b.csv", bad);
    expect(kept()).toBe(1);
    expect(intake.store.imports.purgeFileRows(now())).toBe(false);
    intake.now += dayMs;
    expect([1, 2].map(() => intake.store.imports.purgeFileRows(now()))).toEqual([true, false]);
    expect(kept()).toBe(0);
  });
});
