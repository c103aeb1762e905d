import { utimesSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { takeRows } from "./index.ts";
import { openTestIntake, penaltyFile, type TestIntake } from "./testing/intake.ts";
import { penaltyRow, testCatalogue, testItem, testJurisdiction } from "./testing/rows.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

it("leaves what another file has changed since as it is, however often it comes, but by force", async () => {
  const rows = [penaltyRow(1), penaltyRow(2), penaltyRow(1)];
  const file = intake.folder.file("a.csv", penaltyFile(rows));
  const correction = intake.folder.file("b.csv", penaltyFile([penaltyRow(1, { CF_NR_FK: "0.6" })]));
  expect(await intake.reportOf(file)).toMatchObject({ accepted: 2, superseded: 0 });
  // Two that begin in the same millisecond.
  await intake.reportOf(correction);
  const sentAgain = {
    received: 3,
    accepted: 0,
    unchanged: 2,
    superseded: 1,
    duplicates: 1,
    quarantined: 0,
  };
  for (const _time of [1, 2]) {
    intake.now += 86_400_000;
    expect(await intake.reportOf(file)).toMatchObject(sentAgain);
    expect(intake.held(1)).toMatchObject([{ version: 2, fields: { CF_NR_FK: "0.6" } }]);
  }
  intake.now += 86_400_000;
  expect(await intake.reportOf(file, { force: true })).toMatchObject({ accepted: 1, superseded: 0 });
  expect(intake.held(1)).toMatchObject([{ version: 3, fields: { CF_NR_FK: "0.5" } }]);
  intake.now += 86_400_000;
  expect(await intake.reportOf(file), "as it is now").toMatchObject({ unchanged: 2, superseded: 0 });
  expect(await intake.reportOf(correction)).toMatchObject({ superseded: 1 });
});

it("leaves what a followed table has changed since as it is", async () => {
  const file = intake.folder.file("a.csv", penaltyFile([penaltyRow(1)]));
  await intake.reportOf(file);
  intake.now += 1_000;
  const row = penaltyRow(1, { CF_NR_FK: "0.6" });
  const names = Object.keys(row);
  const mapping = {
    stream: "platform/penalty",
    item: testItem("penalty"),
    fields: Object.fromEntries(names.map((name) => [name, name])),
    stateValues: {},
  };
  const deps = {
    store: intake.store,
    catalogue: () => testCatalogue,
    jurisdiction: testJurisdiction,
    now: () => intake.now,
    giveWay: async () => {},
  };
  await takeRows([{ key: "a", cells: Object.values(row) }], mapping, deps);
  expect(await intake.reportOf(file)).toMatchObject({ unchanged: 1, superseded: 1 });
  expect(intake.held(1)).toMatchObject([{ version: 2, fields: { CF_NR_FK: "0.6" } }]);
});

it("keeps two rows that differ apart as before, also of a record that has changed since", async () => {
  const rows = [penaltyRow(1), penaltyRow(1, { CF_NR_FK: "9" })];
  const file = intake.folder.file("a.csv", penaltyFile(rows));
  await intake.reportOf(file);
  await intake.reportOf(intake.folder.file("b.csv", penaltyFile([penaltyRow(1, { CF_NR_FK: "0.6" })])));
  const again = { received: 2, accepted: 0, unchanged: 1, superseded: 1, duplicates: 0, quarantined: 1 };
  expect(await intake.reportOf(file)).toMatchObject(again);
});

it("takes a file whole that was broken off before", async () => {
  const file = intake.folder.file("a.csv", penaltyFile([penaltyRow(1)]));
  const giveWay = async () => utimesSync(file, 1, 1);
  expect(await intake.faultOf(file, { giveWay })).toBe("import.file-changed");
  await intake.reportOf(intake.folder.file("b.csv", penaltyFile([penaltyRow(1, { CF_NR_FK: "0.6" })])));
  expect(await intake.reportOf(file)).toMatchObject({ accepted: 1, superseded: 0 });
});
