import { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestIntake, penaltyFile, type TestIntake } from "../intake/testing/intake.ts";
import { penaltyRow, testCatalogue, testJurisdiction } from "../intake/testing/rows.ts";
import { answerFile } from "./answer-file.ts";

let intake: TestIntake;
let folder: string;
let path: string;
beforeEach(() => {
  intake = openTestIntake();
  folder = intake.folder.path("taken");
  path = join(folder, "a.csv");
  mkdirSync(folder);
  writeFileSync(path, penaltyFile([penaltyRow(1), penaltyRow(2)]));
});
afterEach(() => intake.close());

/** @param during what happens while the file is read: the importer looks at the clock in between */
const answer = (during: () => void = () => {}, signal?: AbortSignal) =>
  answerFile(folder, "a.csv", {
    store: intake.store,
    catalogue: testCatalogue,
    jurisdiction: testJurisdiction,
    now() {
      during();
      return intake.now;
    },
    ...(signal !== undefined && { signal }),
  });

it("says nothing of a file that is removed while it is read", async () => {
  expect(await answer(() => rmSync(path, { force: true }))).toEqual({ outcome: "gone" });
  expect(existsSync(join(folder, ".report.json"))).toBe(false);
});

it("says nothing yet of a file that is still being written", async () => {
  expect(await answer(() => appendFileSync(path, "\r\n"))).toEqual({
    outcome: "later",
    code: "import.file-changed",
  });
  expect(existsSync(join(folder, ".report.json"))).toBe(false);
  expect(await answer()).toMatchObject({ outcome: "taken", counts: { unchanged: 2 } });
});

it("says nothing yet when the agent stops", async () => {
  expect(await answer(undefined, AbortSignal.abort())).toEqual({
    outcome: "later",
    code: "import.cancelled",
  });
});

it("does not follow a link that took the file's place", async () => {
  writeFileSync(intake.folder.path("elsewhere.csv"), penaltyFile([penaltyRow(3)]));
  rmSync(path);
  symlinkSync(intake.folder.path("elsewhere.csv"), path);
  expect(await answer()).toEqual({ outcome: "refused", code: "import.file-unreadable" });
  expect(intake.held(3)).toEqual([]);
});
