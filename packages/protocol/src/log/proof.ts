import { emptyRoot, nodeHash } from "./merkle.ts";

/** Reads a complete subtree's root (`TreeNode`) of a tree that has it. */
export type NodeReader = (level: number, index: number) => Uint8Array;

const hashBytes = 32;

/** RFC 9162 §2.1.3.1: proves that leaf `index` stands in the tree of `size` leaves. */
export function inclusionProof(read: NodeReader, index: number, size: number): Uint8Array[] {
  if (!isCount(size) || !isCount(index) || index >= size) {
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  }
  const proof: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    if (index < middle) {
      proof.push(rangeHash(read, middle, to));
      to = middle;
    } else {
      proof.push(rangeHash(read, from, middle));
      from = middle;
    }
  }
  return proof.reverse();
}

/** RFC 9162 §2.1.4.1: proves that the tree of `newSize` leaves begins with the tree of `oldSize`, which is not empty. */
export function consistencyProof(read: NodeReader, oldSize: number, newSize: number): Uint8Array[] {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize < 1 || oldSize > newSize) {
    throw new RangeError(`a tree of ${newSize} does not extend a tree of ${oldSize}`);
  }
  const proof: Uint8Array[] = [];
  let [from, to] = [0, newSize];
  while (to > oldSize) {
    const middle = from + split(to - from);
    if (oldSize <= middle) {
      proof.push(rangeHash(read, middle, to));
      to = middle;
    } else {
      proof.push(rangeHash(read, from, middle));
      from = middle;
    }
  }
  // The old tree's own last subtree; known to the verifier when it is the whole old tree.
  if (from > 0) proof.push(rangeHash(read, from, to));
  return proof.reverse();
}

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 §2.1.3.2. False for anything but a valid proof; never throws. */
export function verifyInclusion({ index, size, leafHash, root, proof }: Inclusion): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leafHash, root, ...proof].every(isHash)) return false;
  let [node, last] = [index, size - 1];
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isRight(node) || node === last) {
      hash = nodeHash(sibling, hash);
      [node, last] = skipMissing(node, last);
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(hash, root);
}

export interface Consistency {
  readonly oldSize: number;
  readonly newSize: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162 §2.1.4.2. False for anything but a valid proof; never throws. An empty old tree is refused:
 * every tree extends it, so a "proof" of that says nothing (C2SP tlog-witness).
 */
export function verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof }: Consistency): boolean {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize < 1 || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  // An old tree that is one complete subtree stands for itself and is left out of the proof.
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [node, last] = [oldSize - 1, newSize - 1];
  while (isRight(node)) [node, last] = [half(node), half(last)];
  let [oldHash, newHash] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isRight(node) || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      [node, last] = skipMissing(node, last);
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(oldHash, oldRoot) && equal(newHash, newRoot);
}

/** MTH of the leaves `from` up to, not including, `to`, where the range is one that the RFC's split yields. */
function rangeHash(read: NodeReader, from: number, to: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = from; at < to; ) {
    const level = levelWithin(to - at);
    parts.push(read(level, at / 2 ** level));
    at += 2 ** level;
  }
  return parts.length === 0 ? emptyRoot : parts.reduceRight((right, left) => nodeHash(left, right));
}

/** The largest power of two below `width` (RFC 9162 §2.1.1, k). */
function split(width: number): number {
  return 2 ** levelWithin(width - 1);
}

/** Level of the largest complete subtree with at most `leaves`. Sizes may pass 2³², where bitwise operators fail. */
function levelWithin(leaves: number): number {
  let level = 0;
  while (2 ** (level + 1) <= leaves) level += 1;
  return level;
}

const half = (value: number) => Math.floor(value / 2);
const isRight = (value: number) => value % 2 === 1;
const isPowerOfTwo = (value: number) => 2 ** levelWithin(value) === value;
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
const isHash = (hash: Uint8Array) => hash.length === hashBytes;
const equal = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right) === 0;

/** Levels where the last node has no sibling are not in the proof: climb past them. */
function skipMissing(node: number, last: number): [number, number] {
  let [at, end] = [node, last];
  while (!isRight(at) && at !== 0) [at, end] = [half(at), half(end)];
  return [at, end];
}
