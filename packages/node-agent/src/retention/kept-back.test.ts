import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestIntake, penaltyFile, type TestIntake } from "../intake/testing/intake.ts";
import { penaltyRow } from "../intake/testing/rows.ts";
import { forgetHandedBack, forgetKeptBack } from "./kept-back.ts";

let intake: TestIntake;
beforeEach(() => {
  intake = openTestIntake();
});
afterEach(() => intake.close());

it("forgets rows and lists of rows kept back longer ago than the days given, and no others", async () => {
  const bad = penaltyFile([penaltyRow(1), penaltyRow(2, { CF_JDRQ: "2025-02-30" })]);
  const start = intake.now;
  const old = await intake.reportOf(intake.folder.file("old.csv", bad));
  intake.now = start + 50 * 86_400_000;
  const young = await intake.reportOf(intake.folder.file("young.csv", bad));
  const folder = intake.folder.path("quarantine");
  mkdirSync(folder);
  for (const [name, at] of [
    ["old.csv.csv", start],
    ["young.csv.csv", intake.now],
  ] as const) {
    writeFileSync(`${folder}/${name}`, "");
    utimesSync(`${folder}/${name}`, at / 1000, at / 1000);
  }
  mkdirSync(`${folder}/old-folder.csv`);
  writeFileSync(`${folder}/agent.json`, "{}");
  for (const name of ["old-folder.csv", "agent.json"])
    utimesSync(`${folder}/${name}`, start / 1000, start / 1000);
  const retention = { quarantineDays: 90, quarantine: intake.folder.path("quarantine") };
  await forgetKeptBack(intake.store, retention, start + 100 * 86_400_000);
  const kept = (id: number) => [...intake.store.imports.quarantined(id)].length;
  expect([kept(old.import), kept(young.import)]).toEqual([0, 1]);
  const saidBefore = (at: number) => intake.store.imports.purgeFileRows(new Date(at).toISOString());
  expect(saidBefore(start + 1), "what the rows beside them said").toBe(false);
  expect(saidBefore(intake.now + 1)).toBe(true);
  expect(readdirSync(folder)).toEqual(["agent.json", "old-folder.csv", "young.csv.csv"]);
});

it("has nothing to do where nothing was ever kept back", async () => {
  await forgetKeptBack(
    intake.store,
    { quarantineDays: 1, quarantine: intake.folder.path("quarantine") },
    intake.now,
  );
});

it("forgets what was handed back to senders, by when it was, and nothing that is under way", async () => {
  const folder = intake.folder.path("watched");
  for (const place of ["in", "done", "quarantine"]) {
    mkdirSync(`${folder}/${place}`, { recursive: true });
    writeFileSync(`${folder}/${place}/a.csv`, "");
    // As its sender's program left it, long ago.
    utimesSync(`${folder}/${place}/a.csv`, 0, 0);
  }
  const left = () => ["in", "done", "quarantine"].map((place) => readdirSync(`${folder}/${place}`).length);
  const retention = { intake: { folder, keepDays: 90 } };
  const day = 86_400_000;
  await forgetHandedBack(retention, Date.now() + 89 * day);
  expect(left()).toEqual([1, 1, 1]);
  await forgetHandedBack(retention, Date.now() + 91 * day);
  expect(left()).toEqual([1, 0, 0]);
  await forgetHandedBack({ intake: { keepDays: 90 } }, Date.now());
});
