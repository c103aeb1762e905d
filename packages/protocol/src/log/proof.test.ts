import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { appendLeaf, emptyFrontier, emptyRoot, leafHash, rootOf } from "./merkle.ts";
import {
  consistencyProof,
  inclusionProof,
  type NodeReader,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";

const hexSchema = z.string().transform((hex) => Buffer.from(hex, "hex"));
const inclusionSchema = z.object({ index: z.number(), size: z.number(), proof: z.array(hexSchema) });
const consistencySchema = z.object({ oldSize: z.number(), newSize: z.number(), proof: z.array(hexSchema) });
const why = { why: z.string() };

const vectors = z
  .object({
    inclusion: z.object({
      valid: z.array(inclusionSchema),
      invalid: z.array(inclusionSchema.extend(why)),
    }),
    consistency: z.object({
      valid: z.array(consistencySchema),
      invalid: z.array(consistencySchema.extend(why)),
    }),
  })
  .parse(readVectors("rfc9162-proofs.json"));

const published = z
  .object({ leaves: z.array(hexSchema), roots: z.array(hexSchema) })
  .parse(readVectors("rfc9162-tree.json"));

function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/log/${name}`, import.meta.url), "utf8"));
}

/** A tree with all it stores and the root of every prefix. */
function grow(leaves: readonly Uint8Array[]): { read: NodeReader; roots: Buffer[] } {
  const stored = new Map<string, Buffer>();
  let frontier = emptyFrontier;
  const roots = [rootOf(frontier)];
  for (const leaf of leaves) {
    const appended = appendLeaf(frontier, leafHash(leaf));
    for (const { level, index, hash } of appended.nodes) stored.set(`${level}/${index}`, hash);
    frontier = appended.frontier;
    roots.push(rootOf(frontier));
  }
  const read: NodeReader = (level, index) => {
    const hash = stored.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`a proof reads node ${level}/${index}, which is not stored`);
    return hash;
  };
  return { read, roots };
}

const tree = grow(published.leaves);
const rootAt = (size: number) => published.roots[size] ?? emptyRoot;
const hashAt = (index: number) => leafHash(published.leaves[index] ?? Buffer.of());
const including = (index: number, size: number, proof: readonly Uint8Array[]) =>
  verifyInclusion({ index, size, proof, leafHash: hashAt(index), root: rootAt(size) });
const extending = (oldSize: number, newSize: number, proof: readonly Uint8Array[]) =>
  verifyConsistency({ oldSize, newSize, proof, oldRoot: rootAt(oldSize), newRoot: rootAt(newSize) });

describe("inclusion proof", () => {
  it.each(vectors.inclusion.valid)("is the published one for leaf $index of $size", (vector) => {
    const { index, size, proof } = vector;
    expect(inclusionProof(tree.read, index, size).map(hex)).toEqual(proof.map(hex));
    expect(including(index, size, proof)).toBe(true);
  });

  it.each(vectors.inclusion.invalid)("is refused when $why", ({ index, size, proof }) => {
    expect(including(index, size, proof)).toBe(false);
  });

  it("is refused for a leaf hash or a root that is not a hash, or is another's", () => {
    const proof = inclusionProof(tree.read, 2, 3);
    const given = { index: 2, size: 3, leafHash: hashAt(2), root: rootAt(3), proof };
    expect(verifyInclusion(given)).toBe(true);
    expect(verifyInclusion({ ...given, leafHash: Buffer.of() })).toBe(false);
    expect(verifyInclusion({ ...given, leafHash: hashAt(1) })).toBe(false);
    expect(verifyInclusion({ ...given, root: Buffer.of() })).toBe(false);
    expect(verifyInclusion({ ...given, root: rootAt(4) })).toBe(false);
  });

  it("is refused when a byte moves from one hash to the next: what is hashed together stays the same", () => {
    const [sibling = Buffer.of(), ...rest] = inclusionProof(tree.read, 0, 8);
    const given = { index: 0, size: 8, root: rootAt(8) };
    const leaf = hashAt(0);
    const longer = Buffer.concat([leaf.subarray(31), sibling]);
    expect(verifyInclusion({ ...given, leafHash: leaf, proof: [sibling, ...rest] })).toBe(true);
    expect(verifyInclusion({ ...given, leafHash: leaf.subarray(0, 31), proof: [longer, ...rest] })).toBe(
      false,
    );
  });

  it("is only made for a leaf the tree has", () => {
    for (const [index, size] of [
      [0, 0],
      [3, 3],
      [-1, 3],
    ] as const) {
      expect(() => inclusionProof(tree.read, index, size)).toThrow(RangeError);
    }
  });
});

describe("consistency proof", () => {
  it.each(vectors.consistency.valid)("is the published one from $oldSize to $newSize", (vector) => {
    const { oldSize, newSize, proof } = vector;
    expect(consistencyProof(tree.read, oldSize, newSize).map(hex)).toEqual(proof.map(hex));
    expect(extending(oldSize, newSize, proof)).toBe(true);
  });

  it.each(vectors.consistency.invalid)("is refused when $why", ({ oldSize, newSize, proof }) => {
    expect(extending(oldSize, newSize, proof)).toBe(false);
  });

  it("is refused for swapped roots, and for equal sizes with different roots", () => {
    const proof = consistencyProof(tree.read, 6, 8);
    const swapped = { oldSize: 6, newSize: 8, oldRoot: rootAt(8), newRoot: rootAt(6), proof };
    expect(verifyConsistency(swapped)).toBe(false);
    const forked = { oldSize: 4, newSize: 4, oldRoot: rootAt(4), newRoot: rootAt(3), proof: [] };
    expect(verifyConsistency(forked)).toBe(false);
  });

  it("is refused when a byte moves from the old root to the next hash", () => {
    const [sibling = Buffer.of(), ...rest] = consistencyProof(tree.read, 2, 5);
    const given = { oldSize: 2, newSize: 5, newRoot: rootAt(5) };
    const longer = Buffer.concat([rootAt(2).subarray(31), sibling]);
    expect(verifyConsistency({ ...given, oldRoot: rootAt(2), proof: [sibling, ...rest] })).toBe(true);
    expect(
      verifyConsistency({ ...given, oldRoot: rootAt(2).subarray(0, 31), proof: [longer, ...rest] }),
    ).toBe(false);
  });

  it("is only made towards a tree that is not smaller, from one that is not empty", () => {
    for (const [oldSize, newSize] of [
      [0, 3],
      [4, 3],
    ] as const) {
      expect(() => consistencyProof(tree.read, oldSize, newSize)).toThrow(RangeError);
    }
  });
});

describe("any tree", () => {
  const sizes = fc.integer({ min: 1, max: 150 });
  const leaves = Array.from({ length: 150 }, (_, index) => Buffer.from(`leaf ${index}`));
  const { read, roots } = grow(leaves);
  const root = (size: number) => roots[size] ?? emptyRoot;
  const hash = (index: number) => leafHash(leaves[index] ?? Buffer.of());
  const flip = (proof: readonly Uint8Array[], place: number): Uint8Array[] =>
    proof.map((original, index) => {
      const copy = Buffer.from(original);
      if (index === place) copy[0] = (copy[0] ?? 0) ^ 1;
      return copy;
    });

  it("proves every leaf it has, reading only complete subtrees, and no proof survives a change", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, anyIndex, anyPlace) => {
        const index = anyIndex % size;
        const proof = inclusionProof(read, index, size);
        const given = { index, size, leafHash: hash(index), root: root(size), proof };
        expect(verifyInclusion(given)).toBe(true);
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(verifyInclusion({ ...given, proof: [...proof, root(size)] })).toBe(false);
        if (proof.length === 0) return;
        expect(verifyInclusion({ ...given, proof: proof.slice(0, -1) })).toBe(false);
        expect(verifyInclusion({ ...given, proof: flip(proof, anyPlace % proof.length) })).toBe(false);
      }),
    );
  });

  it("proves that it extends every tree it once was, and no proof survives a change", () => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (one, other, anyPlace) => {
        const [oldSize, newSize] = [Math.min(one, other), Math.max(one, other)];
        const proof = consistencyProof(read, oldSize, newSize);
        const given = { oldSize, newSize, oldRoot: root(oldSize), newRoot: root(newSize), proof };
        expect(verifyConsistency(given)).toBe(true);
        expect(verifyConsistency({ ...given, proof: [...proof, root(newSize)] })).toBe(false);
        if (proof.length === 0) return;
        expect(verifyConsistency({ ...given, proof: proof.slice(0, -1) })).toBe(false);
        expect(verifyConsistency({ ...given, proof: flip(proof, anyPlace % proof.length) })).toBe(false);
      }),
    );
  });
});

function hex(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}
