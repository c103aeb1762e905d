import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  appendLeaf,
  consistencyProof,
  emptyFrontier,
  inclusionProof,
  leafHash,
  maxLeafBytes,
  type NodeReader,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "../log/index.ts";
import {
  encodeBundle,
  formatTilePath,
  hashTile,
  matchesHashes,
  parseBundle,
  parseTilePath,
  placeOf,
  readTiles,
  type TileAddress,
  type TileSource,
  tileIn,
  tilesRead,
  tileWidth,
} from "./index.ts";

const pair = z.tuple([z.number(), z.number()]);
const vectors = z
  .object({
    paths: z.object({
      valid: z.array(
        z.object({
          path: z.string(),
          level: z.union([z.number(), z.literal("entries")]),
          index: z.number(),
          width: z.number(),
        }),
      ),
      invalid: z.array(z.object({ name: z.string(), path: z.string() })),
    }),
    trees: z.array(
      z.object({
        size: z.number(),
        levels: z.array(z.object({ full: z.number(), partial: z.number() })),
      }),
    ),
    places: z.array(z.object({ node: pair, tile: pair, first: z.number(), count: z.number() })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vectors/tiles/addresses.json", import.meta.url), "utf8")));

describe("a tile's path", () => {
  it.each(vectors.paths.valid)("is $path", ({ path, ...address }) => {
    expect(formatTilePath(address)).toBe(path);
    expect(parseTilePath(path)).toEqual(address);
  });

  it.each(vectors.paths.invalid)("has not $name", ({ path }) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it("is read as it was written, whatever the tile", () => {
    const addresses = fc.record({
      level: fc.oneof(fc.constant("entries" as const), fc.nat(63)),
      index: fc.nat(Math.floor(Number.MAX_SAFE_INTEGER / tileWidth) - 1),
      width: fc.integer({ min: 1, max: tileWidth }),
    });
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseTilePath(formatTilePath(address))).toEqual(address);
      }),
    );
  });
});

describe("a tree's tiles", () => {
  it.each(vectors.trees)("of $size leaves are those of the specification", ({ size, levels }) => {
    levels.forEach(({ full, partial }, level) => {
      if (full > 0)
        expect(tileIn(size, level, full - 1)).toEqual({ level, index: full - 1, width: tileWidth });
      const last = partial > 0 ? { level, index: full, width: partial } : undefined;
      expect(tileIn(size, level, full)).toEqual(last);
      expect(tileIn(size, level, full + 1)).toBeUndefined();
    });
    expect(tileIn(size, levels.length, 0)).toBeUndefined();
    const [leaves] = levels;
    const entries = tileIn(size, "entries", leaves?.full ?? 0);
    expect(entries?.width ?? 0).toBe(leaves?.partial ?? 0);
  });

  it.each(vectors.places)("hold node $node", ({ node: [level, index], tile, first, count }) => {
    expect(placeOf(level, index)).toEqual({ level: tile[0], index: tile[1], first, count });
  });
});

/** More than two levels of tiles, and no round number. */
const most = 66_000;
const nodes = new Map<string, Buffer>();
const roots: Buffer[] = [];
const leafOf = (index: number) => Buffer.from(`leaf ${index}`);
const read: NodeReader = (level, index) => {
  const hash = nodes.get(`${level}/${index}`);
  if (hash === undefined) throw new Error(`node ${level}/${index} is not stored`);
  return hash;
};

/** What a log of some size serves. */
const servedBy =
  (size: number): TileSource =>
  ({ level, index, width }) => {
    if (level === "entries" || (tileIn(size, level, index)?.width ?? 0) < width) return undefined;
    return hashTile(read, { level, index, width });
  };

beforeAll(() => {
  let frontier = emptyFrontier;
  roots.push(rootOf(frontier));
  for (let size = 0; size < most; size += 1) {
    const appended = appendLeaf(frontier, leafHash(leafOf(size)));
    frontier = appended.frontier;
    for (const { level, index, hash } of appended.nodes) nodes.set(`${level}/${index}`, hash);
    roots.push(rootOf(frontier));
  }
}, 120_000);

const rootAt = (size: number) => roots[size] ?? Buffer.alloc(0);
const sizes = fc.oneof(
  fc.integer({ min: 1, max: most }),
  fc.constantFrom(1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, most),
);

describe("a proof from tiles", () => {
  it("of any leaf is the one made from the log's own nodes, and holds", () => {
    const leaves = sizes.chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
    fc.assert(
      fc.property(leaves, ({ size, index }) => {
        const make = (from: NodeReader) => inclusionProof(from, index, size);
        const made = readTiles(size, servedBy(size), make);
        expect(made).toEqual({ ok: true, value: make(read) });
        const proof = made.ok ? made.value : [];
        const root = rootAt(size);
        expect(verifyInclusion({ index, size, leafHash: leafHash(leafOf(index)), root, proof })).toBe(true);
      }),
    );
  });

  it("of any two sizes is the one made from the log's own nodes, and holds", () => {
    const grown = sizes.chain((newSize) =>
      fc.record({ newSize: fc.constant(newSize), oldSize: fc.integer({ min: 1, max: newSize }) }),
    );
    fc.assert(
      fc.property(grown, ({ oldSize, newSize }) => {
        const make = (from: NodeReader) => consistencyProof(from, oldSize, newSize);
        const made = readTiles(newSize, servedBy(newSize), make);
        expect(made).toEqual({ ok: true, value: make(read) });
        const [oldRoot, newRoot, proof] = [rootAt(oldSize), rootAt(newSize), made.ok ? made.value : []];
        expect(verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof })).toBe(true);
      }),
    );
  });

  const make = (from: NodeReader) => inclusionProof(from, 65_900, 65_950);

  it("names the tiles it is made from, each once, to be fetched at once", () => {
    const paths = tilesRead(65_950, make).map(formatTilePath);
    expect(new Set(paths)).toEqual(new Set(["tile/0/257.p/158", "tile/1/001.p/1", "tile/2/000.p/1"]));
    expect(paths).toHaveLength(3);
  });

  it("is made as well from tiles that have filled since", () => {
    const later: TileSource = ({ level, index }) =>
      level === "entries" ? undefined : hashTile(read, tileOf(most, level, index));
    expect(readTiles(65_950, later, make)).toEqual({ ok: true, value: make(read) });
  });

  it("says which tile is missing, and which is none", () => {
    const all = servedBy(65_950);
    const change =
      (by: (bytes: Uint8Array) => Uint8Array | undefined): TileSource =>
      (address) => {
        const bytes = all(address);
        return address.level === 0 && bytes !== undefined ? by(bytes) : bytes;
      };
    const path = "tile/0/257.p/158";
    const missing = readTiles(
      65_950,
      change(() => undefined),
      make,
    );
    expect(missing).toEqual({ ok: false, error: { reason: "missing", path } });
    for (const by of [
      (bytes: Uint8Array) => bytes.subarray(32),
      (bytes: Uint8Array) => bytes.subarray(1),
      (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(256 * 32)]),
      (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(1)]),
    ]) {
      expect(readTiles(65_950, change(by), make)).toEqual({
        ok: false,
        error: { reason: "malformed", path },
      });
    }
  });

  it("does not hold when a hash in a tile it is made from was changed", () => {
    const leaf = leafHash(leafOf(65_900));
    for (const { level, index } of tilesRead(65_950, make)) {
      const changed: TileSource = (address) => {
        const bytes = servedBy(65_950)(address);
        if (address.level !== level || address.index !== index || bytes === undefined) return bytes;
        return Buffer.alloc(bytes.length, 1);
      };
      const made = readTiles(65_950, changed, make);
      const proof = made.ok ? made.value : [];
      expect(made.ok).toBe(true);
      expect(
        verifyInclusion({ index: 65_900, size: 65_950, leafHash: leaf, root: rootAt(65_950), proof }),
      ).toBe(false);
    }
  });

  it("is not made of a node that the tree does not have", () => {
    expect(() => tilesRead(300, (from) => from(1, 150))).toThrow(RangeError);
    expect(() => tilesRead(300, (from) => from(0, 299))).not.toThrow();
    expect(() => tilesRead(300, (from) => from(9, 0))).toThrow(RangeError);
  });
});

function tileOf(size: number, level: number, index: number): TileAddress & { readonly level: number } {
  const tile = tileIn(size, level, index);
  if (tile === undefined) throw new Error("the tree has that tile");
  return { ...tile, level };
}

describe("an entry bundle", () => {
  it("gives back the leaves it was made of, and no other number of them", () => {
    const leaves = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 });
    fc.assert(
      fc.property(leaves, (some) => {
        const bundle = encodeBundle(some);
        if (!bundle.ok) throw new Error(bundle.error.reason);
        const parsed = parseBundle(bundle.value, some.length);
        expect(parsed.ok && parsed.value.map((leaf) => leaf.toString("hex"))).toEqual(
          some.map((leaf) => Buffer.from(leaf).toString("hex")),
        );
        expect(parseBundle(bundle.value, some.length + 1)).toMatchObject({ error: { reason: "width" } });
      }),
    );
  });

  it("is big-endian lengths and leaves", () => {
    const bundle = encodeBundle([Buffer.from("ab"), Buffer.alloc(0), Buffer.alloc(258, "c")]);
    if (!bundle.ok) throw new Error(bundle.error.reason);
    expect(bundle.value.toString("latin1")).toBe(`\0\x02ab\0\0\x01\x02${"c".repeat(258)}`);
  });

  it("has room for a leaf of 65,535 bytes and none for a longer one, and says which", () => {
    expect(encodeBundle([Buffer.alloc(maxLeafBytes)]).ok).toBe(true);
    expect(encodeBundle([Buffer.alloc(1), Buffer.alloc(maxLeafBytes + 1)])).toEqual({
      ok: false,
      error: { reason: "leaf-too-long", place: 1 },
    });
  });

  it.each([
    ["half a length", "0001aa00", 1],
    ["half a leaf", "0001aa0002bb", 1],
    ["a length alone", "0005", 0],
  ])("is refused when it ends in %s", (_, hex, place) => {
    expect(parseBundle(Buffer.from(hex, "hex"), 2)).toEqual({
      ok: false,
      error: { reason: "truncated", place },
    });
  });

  it("is the one its hash tile stands for, or is not", () => {
    const leaves = Array.from({ length: 200 }, (_, place) => leafOf(256 + place));
    const tile = hashTile(read, { level: 0, index: 1, width: 200 });
    expect(matchesHashes(leaves, tile)).toBe(true);
    expect(matchesHashes(leaves, tile.subarray(32))).toBe(false);
    expect(matchesHashes(leaves.with(7, leafOf(0)), tile)).toBe(false);
    expect(matchesHashes(leaves.toReversed(), tile)).toBe(false);
  });
});
