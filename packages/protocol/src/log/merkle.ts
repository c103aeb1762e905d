import { createHash } from "node:crypto";

/** Hashes of RFC 9162 §2.1: 32 bytes, domain-separated so that a leaf can never pass for a node. */
const leafPrefix = Buffer.of(0x00);
const nodePrefix = Buffer.of(0x01);

export function leafHash(leaf: Uint8Array): Buffer {
  return createHash("sha256").update(leafPrefix).update(leaf).digest();
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(nodePrefix).update(left).update(right).digest();
}

/** MTH of the empty list. */
export const emptyRoot: Buffer = createHash("sha256").digest();

/** A complete subtree's root: it covers leaves `index · 2^level` up to `(index + 1) · 2^level`. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Buffer;
}

/**
 * The right edge of a tree: for every bit set in `size`, the root of the complete subtree of that
 * level. It is all that an append needs, so a leaf costs O(1) hashes on average and O(log n) at most.
 */
export interface Frontier {
  readonly size: number;
  /** By level; defined exactly where `size` has the bit. */
  readonly roots: readonly (Buffer | undefined)[];
}

export const emptyFrontier: Frontier = { size: 0, roots: [] };

/** Whether `size` has the bit; sizes may pass 2³², where bitwise operators fail. */
function hasBit(size: number, level: number): boolean {
  return Math.floor(size / 2 ** level) % 2 === 1;
}

/** Where the nodes of a frontier stand, for reading it back from a store. */
export function frontierPlaces(size: number): { readonly level: number; readonly index: number }[] {
  const places: { level: number; index: number }[] = [];
  for (let level = 0; 2 ** level <= size; level += 1) {
    if (hasBit(size, level)) places.push({ level, index: Math.floor(size / 2 ** level) - 1 });
  }
  return places;
}

/** Appends one leaf by its hash. `nodes` are the complete subtrees it finished, the leaf's own first. */
export function appendLeaf(
  frontier: Frontier,
  leaf: Buffer,
): { readonly frontier: Frontier; readonly nodes: readonly TreeNode[] } {
  const roots = [...frontier.roots];
  const nodes: TreeNode[] = [{ level: 0, index: frontier.size, hash: leaf }];
  let hash = leaf;
  let level = 0;
  for (let left = roots[level]; left !== undefined; left = roots[level]) {
    roots[level] = undefined;
    hash = nodeHash(left, hash);
    level += 1;
    nodes.push({ level, index: Math.floor(frontier.size / 2 ** level), hash });
  }
  roots[level] = hash;
  return { frontier: { size: frontier.size + 1, roots }, nodes };
}

/** The Merkle tree hash of everything appended. */
export function rootOf({ roots }: Frontier): Buffer {
  const root = roots.reduce<Buffer | undefined>(
    (right, left) => (left === undefined ? right : right === undefined ? left : nodeHash(left, right)),
    undefined,
  );
  return root ?? emptyRoot;
}
