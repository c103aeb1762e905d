import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  appendLeaf,
  emptyFrontier,
  emptyRoot,
  type Frontier,
  frontierPlaces,
  leafHash,
  nodeHash,
  rootOf,
  type TreeNode,
} from "./merkle.ts";

const vectors: { leaves: string[]; roots: string[] } = JSON.parse(
  readFileSync(new URL("../../vectors/log/rfc9162-tree.json", import.meta.url), "utf8"),
);

/** RFC 9162 §2.1.1, written as the definition reads: the oracle for the incremental form. */
function definition(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return leafHash(only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definition(leaves.slice(0, split)), definition(leaves.slice(split)));
}

function build(leaves: readonly Buffer[]): { frontier: Frontier; nodes: TreeNode[] } {
  let frontier = emptyFrontier;
  const nodes: TreeNode[] = [];
  for (const leaf of leaves) {
    const appended = appendLeaf(frontier, leafHash(leaf));
    frontier = appended.frontier;
    nodes.push(...appended.nodes);
  }
  return { frontier, nodes };
}

const leafLists = fc.array(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 70 },
);

describe("merkle tree", () => {
  it("has the published root after every one of the published leaves", () => {
    const leaves = vectors.leaves.map((hex) => Buffer.from(hex, "hex"));
    const roots = vectors.roots.map((_, size) =>
      rootOf(build(leaves.slice(0, size)).frontier).toString("hex"),
    );
    expect(roots).toEqual(vectors.roots);
  });

  it("agrees with the definition for any leaves", () => {
    fc.assert(
      fc.property(leafLists, (leaves) => {
        expect(rootOf(build(leaves).frontier).equals(definition(leaves))).toBe(true);
      }),
    );
  });

  it("can be taken up again from the nodes it stored", () => {
    fc.assert(
      fc.property(leafLists, (leaves) => {
        const { frontier, nodes } = build(leaves);
        const roots: (Buffer | undefined)[] = [];
        for (const { level, index } of frontierPlaces(leaves.length)) {
          roots[level] = nodes.find((node) => node.level === level && node.index === index)?.hash;
        }
        expect(rootOf({ size: leaves.length, roots: Array.from(roots) })).toEqual(rootOf(frontier));
      }),
    );
  });

  it("stores fewer than two nodes a leaf, each place once", () => {
    fc.assert(
      fc.property(leafLists, (leaves) => {
        const { nodes } = build(leaves);
        expect(new Set(nodes.map(({ level, index }) => `${level}/${index}`)).size).toBe(nodes.length);
        expect(nodes.length).toBeLessThanOrEqual(2 * leaves.length);
      }),
    );
  });

  it("never takes a leaf for a node", () => {
    const [left, right] = [leafHash(Buffer.from("a")), leafHash(Buffer.from("b"))];
    expect(leafHash(Buffer.concat([left, right]))).not.toEqual(nodeHash(left, right));
  });

  it("counts beyond 2^32", () => {
    expect(frontierPlaces(2 ** 33 + 1)).toEqual([
      { level: 0, index: 2 ** 33 },
      { level: 33, index: 0 },
    ]);
  });
});
