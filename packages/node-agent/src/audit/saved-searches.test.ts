import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@xinqiao/runtime/config";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSavedSearches, writeSavedSearches } from "./index.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xinqiao-saved-"));
  file = join(folder, "saved-searches.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("saved searches", () => {
  it("are none before the first, and then as they were saved", async () => {
    expect(await readSavedSearches(file)).toEqual({});
    await writeSavedSearches(file, { 示例: { outcome: "refused" } });
    expect(await readSavedSearches(file)).toEqual({ 示例: { outcome: "refused" } });
  });

  it("that are there and cannot be read are not taken for none", async () => {
    await mkdir(file);
    await expect(readSavedSearches(file)).rejects.toThrow(ConfigError);
  });

  it("that are damaged are not taken for none", async () => {
    await writeFile(file, "{");
    await expect(readSavedSearches(file)).rejects.toThrow(ConfigError);
  });
});
