import { appendFileSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../intake/testing/folder.ts";
import { createWholeFiles } from "./whole-files.ts";

let folder: TestFolder;
let now = 0;
let whole: () => Promise<readonly string[]>;
beforeEach(() => {
  folder = testFolder();
  now = 0;
  const wholeFiles = createWholeFiles(2_000, () => now);
  whole = () => wholeFiles(folder.path(""));
});
afterEach(() => folder[Symbol.dispose]());

it("waits while a file is being written, and a while longer", async () => {
  const file = folder.file("a.csv", "1");
  for (now = 0; now < 10_000; now += 1_000) {
    expect(await whole()).toEqual([]);
    appendFileSync(file, "1");
  }
  expect(await whole()).toEqual([]);
  now += 1_999;
  expect(await whole()).toEqual([]);
  now += 1;
  expect(await whole()).toEqual(["a.csv"]);
});

it("leaves alone what a program says it has not finished with, until it has its name", async () => {
  const part = folder.file("a.csv.part", "1");
  for (const name of [".a.csv", "~$a.xlsx", "a.csv~", "a.TMP", "a.csv.filepart"]) folder.file(name, "1");
  await whole();
  now = 5_000;
  expect(await whole()).toEqual([]);
  renameSync(part, folder.path("a.csv"));
  await whole();
  now = 7_000;
  expect(await whole()).toEqual(["a.csv"]);
});

it("takes no folder and follows no link", async () => {
  mkdirSync(folder.path("folder.csv"));
  symlinkSync("/etc/hostname", folder.path("link.csv"));
  await whole();
  now = 5_000;
  expect(await whole()).toEqual([]);
});
