import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendLeaf, emptyFrontier, type Frontier, leafHash, rootOf } from "@xinqiao/protocol/log";
import { formatTilePath, matchesHashes, parseBundle, tileIn } from "@xinqiao/protocol/tiles";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PublishedLog } from "../log/index.ts";
import { exportLog } from "./export.ts";

/** A published log of so many leaves, in memory. */
function logOf(size: number): PublishedLog {
  const leaves = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
  const nodes = new Map<string, Buffer>();
  const heads: Frontier[] = [emptyFrontier];
  for (const leaf of leaves) {
    const appended = appendLeaf(heads.at(-1) ?? emptyFrontier, leafHash(leaf));
    for (const { level, index, hash } of appended.nodes) nodes.set(`${level}/${index}`, hash);
    heads.push(appended.frontier);
  }
  return {
    newest: () => ({ size, at: 0, note: `note of ${size}`, cosigners: 0 }),
    covering: () => undefined,
    witnessed: () => undefined,
    hashes: (level, from, to) =>
      Array.from(
        { length: to - from },
        (_, place) => nodes.get(`${level}/${from + place}`) ?? Buffer.alloc(0),
      ),
    leaves: (from, to) => leaves.slice(from, to),
    rootAt: (at) => rootOf(heads[at] ?? emptyFrontier),
  };
}

describe("a log's export as files", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xinqiao-export-"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = (path: string) => readFile(join(folder, path));

  it.each([1, 255, 256, 257, 600])("has every tile of %i entries, and the checkpoint", async (size) => {
    const exported = await exportLog(logOf(size), folder);
    expect(exported.size).toBe(size);
    for (let index = 0; index * 256 < size; index += 1) {
      const address = tileIn(size, "entries", index) ?? { level: "entries", index, width: 0 };
      const leaves = parseBundle(await read(formatTilePath(address)), address.width);
      const hashes = await read(formatTilePath({ ...address, level: 0 }));
      expect(leaves.ok && matchesHashes(leaves.value, hashes)).toBe(true);
    }
    expect((await read("checkpoint")).toString()).toBe(`note of ${size}`);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    expect(files).toHaveLength(exported.written + 1);
  });

  it("goes on with what is there: whole tiles are written once", async () => {
    const first = await exportLog(logOf(600), folder);
    expect(first.written).toBe(7);
    expect(await exportLog(logOf(600), folder)).toEqual({ size: 600, written: 0 });
    expect(
      await exportLog(logOf(800), folder),
      "the third bundle and tile, the fourth, and the one above",
    ).toEqual({
      size: 800,
      written: 5,
    });
  });

  it("broken off has no checkpoint yet, and is finished the next time", async () => {
    let tiles = 0;
    const stop = () => {
      tiles += 1;
      if (tiles === 4) throw new Error("power cut");
    };
    await expect(exportLog(logOf(600), folder, stop)).rejects.toThrow("power cut");
    await expect(read("checkpoint")).rejects.toThrow("ENOENT");
    expect(await exportLog(logOf(600), folder)).toEqual({ size: 600, written: 3 });
  });

  it("says so when there is no checkpoint yet", async () => {
    await expect(exportLog({ ...logOf(1), newest: () => undefined }, folder)).rejects.toThrow();
  });
});
