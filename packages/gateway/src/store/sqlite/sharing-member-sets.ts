import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import { z } from "zod";

/** Readers as a hexadecimal number, a bit for each: one stands beside every version that has replaced another. Null of none. */
export type MemberSet = string | null;

export interface MemberSets {
  of(nodes: readonly NodeId[]): MemberSet;
  union(one: MemberSet, other: MemberSet): MemberSet;
  nodes(set: MemberSet): ReadonlySet<NodeId>;
}

const rowSchema = z.object({ number: z.number(), node: nodeIdSchema });
const none: ReadonlySet<NodeId> = new Set();

/** Far more than there are at a time: most versions were given to the same readers. */
const mostKnown = 1_000;

export function createMemberSets(database: Database): MemberSets {
  const all = database.prepare("SELECT number, node FROM member_number");
  const bits = new Map<NodeId, bigint>();
  let every = 0n;
  const known = new Map<string, ReadonlySet<NodeId>>();

  /** Numbers are given out, and never taken back. */
  function learn(): void {
    for (const row of all.all()) {
      const { number, node } = rowSchema.parse(row);
      bits.set(node, 1n << BigInt(number));
    }
    every = [...bits.values()].reduce((sum, bit) => sum | bit, 0n);
  }

  /** Whoever has read has one. */
  function bitOf(node: NodeId): bigint {
    if (!bits.has(node)) learn();
    const bit = bits.get(node);
    if (bit === undefined) throw new Error("a reader without a number");
    return bit;
  }

  function read(set: string): ReadonlySet<NodeId> {
    const held = numberOf(set);
    if ((held & every) !== held) learn();
    return new Set([...bits].flatMap(([node, bit]) => ((held & bit) === 0n ? [] : [node])));
  }

  return {
    of: (nodes) =>
      nodes.length === 0 ? null : nodes.reduce((sum, node) => sum | bitOf(node), 0n).toString(16),
    union(one, other) {
      if (one === null || one === other) return other;
      return other === null ? one : (numberOf(one) | numberOf(other)).toString(16);
    },
    nodes(set) {
      if (set === null) return none;
      const found = known.get(set);
      if (found !== undefined) return found;
      const nodes = read(set);
      if (known.size >= mostKnown) known.clear();
      known.set(set, nodes);
      return nodes;
    },
  };
}

const numberOf = (set: string): bigint => BigInt(`0x${set}`);
