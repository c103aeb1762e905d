import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TestFolder, testFolder } from "./testing/folder.ts";
import { readDirectory, storedZip, unpack, type ZipEntry } from "./zip.ts";

let folder: TestFolder;
beforeEach(() => {
  folder = testFolder();
});
afterEach(() => folder[Symbol.dispose]());

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function zipOf(contents: readonly (readonly [string, Buffer])[]): Promise<Buffer> {
  async function* once(content: Buffer) {
    yield content;
  }
  const part = ([name, content]: readonly [string, Buffer]) => {
    return { name, crc: crc32(content), unpacked: content.length, chunks: once(content) };
  };
  return allOf(storedZip(contents.map(part)));
}

describe("a zip", () => {
  it("gives back what was put in", async () => {
    const content = fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes));
    const part = fc.tuple(fc.string({ unit: "grapheme", maxLength: 20 }), content);
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (contents) => {
        const path = folder.file("a.zip", await zipOf(contents));
        const entries = (await readDirectory(path)) ?? [];
        const read = await Promise.all(
          entries.map(async (entry) => [entry.name, await allOf(unpack(path, entry))]),
        );
        expect(read).toEqual(contents.map(([name, bytes]) => [name, bytes]));
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, (entry: ZipEntry) => Partial<ZipEntry>]>([
    ["checksum", ({ crc }) => ({ crc: crc ^ 1 })],
    ["size", ({ unpacked }) => ({ unpacked: unpacked - 1 })],
    ["greater size", ({ unpacked }) => ({ unpacked: unpacked + 1 })],
    ["place", () => ({ offset: 1 })],
    ["place behind the end", () => ({ offset: 1_000_000 })],
    ["method", () => ({ method: 12 })],
    ["packing", () => ({ method: 8 })],
  ])("is not unpacked with a wrong %s", async (_, change) => {
    const path = folder.file("a.zip", await zipOf([["a", Buffer.from("示例".repeat(1000))]]));
    const [entry] = (await readDirectory(path)) ?? [];
    if (entry === undefined) return expect.unreachable();
    await expect(allOf(unpack(path, { ...entry, ...change(entry) }))).rejects.toThrow();
  });

  it("never unpacks more than it announces", async () => {
    const bomb = deflateRawSync(Buffer.alloc(50_000_000));
    const path = folder.file("a.zip", await zipOf([["a", bomb]]));
    const [entry] = (await readDirectory(path)) ?? [];
    if (entry === undefined) return expect.unreachable();
    let unpacked = 0;
    const read = async () => {
      for await (const chunk of unpack(path, { ...entry, method: 8, unpacked: 100_000 }))
        unpacked += chunk.length;
    };
    await expect(read()).rejects.toThrow(RangeError);
    expect(unpacked).toBeLessThanOrEqual(100_000);
  });

  it("is none without its directory", async () => {
    const bytes = await zipOf([["a", Buffer.from("示例")]]);
    for (const cut of [0, 4, 30, bytes.length - 1]) {
      expect(await readDirectory(folder.file("a.zip", bytes.subarray(0, cut)))).toBeUndefined();
    }
    expect(await readDirectory(folder.file("a.zip", await zipOf([])))).toBeUndefined();
  });
});
