import { type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import { z } from "zod";

/** Sets of readers as text, a bit for each: one stands beside every version that has replaced another. */
export interface MemberSets {
  /** A set, and these in it as well; null of none. */
  with(set: string | null, nodes: readonly NodeId[]): string | null;
  nodes(set: string | null): ReadonlySet<NodeId>;
}

const rowSchema = z.object({ number: z.number(), node: nodeIdSchema });
const none: ReadonlySet<NodeId> = new Set();

/** Far more than there are at a time: most versions were given to the same readers. */
const mostKnown = 1_000;

export function createMemberSets(database: Database): MemberSets {
  const all = database.prepare("SELECT number, node FROM member_number");
  const find = database.prepare<[string], number>("SELECT number FROM member_number WHERE node = ?").pluck();
  const numbers = new Map<NodeId, bigint>();
  const known = new Map<string, ReadonlySet<NodeId>>();

  /** Whoever has read has one. */
  function numberOf(node: NodeId): bigint {
    const held = numbers.get(node);
    if (held !== undefined) return held;
    const found = find.get(node);
    if (found === undefined) throw new Error("a reader without a number");
    const number = BigInt(found);
    numbers.set(node, number);
    return number;
  }

  return {
    with(set, nodes) {
      if (nodes.length === 0) return set;
      return nodes.reduce((bits, node) => bits | (1n << numberOf(node)), bitsOf(set)).toString(16);
    },
    nodes(set) {
      if (set === null) return none;
      const found = known.get(set);
      if (found !== undefined) return found;
      const bits = bitsOf(set);
      const rows = all.all().map((row) => rowSchema.parse(row));
      const nodes = new Set(
        rows.flatMap(({ number, node }) => ((bits >> BigInt(number)) & 1n ? [node] : [])),
      );
      if (known.size >= mostKnown) known.clear();
      known.set(set, nodes);
      return nodes;
    },
  };
}

const bitsOf = (set: string | null): bigint => (set === null ? 0n : BigInt(`0x${set}`));
