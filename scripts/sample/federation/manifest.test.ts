import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleVersion } from "../data/index.ts";
import { type Layout, layoutOf, layoutVersion } from "./layout.ts";
import { openLedger, openManifest } from "./manifest.ts";

let layout: Layout;
beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), "xinqiao-manifest-")));
});
afterEach(() => rm(layout.data, { recursive: true, force: true }));

const onDisk = async () => JSON.parse(await readFile(layout.manifest, "utf8"));

describe("a data folder's manifest", () => {
  it("is made for a new folder, and found again with its size", async () => {
    const made = await openManifest(layout, undefined, 200);
    expect(made).toEqual({ sample: sampleVersion, layout: layoutVersion, subjects: 200, done: [] });
    expect(await openManifest(layout, undefined, 20_000)).toEqual(made);
    expect(await openManifest(layout, 200, 20_000)).toEqual(made);
  });

  it("lists a part only when it is whole, and each step is on disk", async () => {
    const ledger = openLedger(layout, await openManifest(layout, 200, 0));
    expect(ledger.misses("hz")).toBe(true);
    await Promise.all([ledger.finish("dg"), ledger.finish("hz"), ledger.finish("import")]);
    expect(ledger.misses("hz")).toBe(false);
    expect(await onDisk()).toMatchObject({ done: ["dg", "hz", "import"] });
  });

  it("forgets what has to be done again", async () => {
    const ledger = openLedger(layout, {
      sample: sampleVersion,
      layout: layoutVersion,
      subjects: 200,
      done: ["import"],
    });
    await ledger.finish("members", "import");
    expect(ledger.misses("import")).toBe(true);
    expect(await onDisk()).toMatchObject({ done: ["members"] });
  });

  it.each([
    [
      "another size",
      { sample: sampleVersion, layout: layoutVersion, subjects: 300, done: [] },
      /300 subjects.*--fresh/s,
    ],
    [
      "another version",
      { sample: sampleVersion + 1, layout: layoutVersion, subjects: 200, done: [] },
      /version.*--fresh/s,
    ],
    ["a layout of before", { sample: sampleVersion, subjects: 200, done: [] }, /another version.*--fresh/s],
    [
      "a part nobody knows",
      { sample: sampleVersion, layout: layoutVersion, subjects: 200, done: ["moon"] },
      /cannot be read/,
    ],
  ])("is refused when it is of %s", async (_, manifest, message) => {
    await writeFile(layout.manifest, JSON.stringify(manifest));
    await expect(openManifest(layout, 200, 0)).rejects.toThrow(message);
  });

  it("is refused when it is no JSON", async () => {
    await writeFile(layout.manifest, "{");
    await expect(openManifest(layout, 200, 0)).rejects.toThrow(/cannot be read/);
  });

  it("is not put into a folder of somebody else's; a lock alone makes none", async () => {
    await writeFile(layout.lock, "");
    await openManifest(layout, 200, 0);
    await rm(layout.manifest);
    await writeFile(join(layout.data, "photo.jpg"), "");
    await expect(openManifest(layout, 200, 0)).rejects.toThrow(/not empty/);
  });
});
