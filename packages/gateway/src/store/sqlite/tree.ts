import { appendLeaf, type Frontier, frontierPlaces, leafHash } from "@xinqiao/protocol/log";
import { type Database, hashReader } from "./database.ts";

export interface EntryRow {
  readonly idx: number;
  /** The latest instant of any leaf so far, milliseconds since 1970. */
  readonly at: number;
  /** What this leaf says, when that is earlier. */
  readonly told: number | null;
  readonly kind: string;
  readonly exchange: string | null;
  readonly leaf: string;
}

/** The right edge of the stored tree when it had `size` leaves; undefined where a node is not stored. */
export function readFrontier(database: Database, size: number): Frontier {
  const hashOf = hashReader(database);
  const roots: (Buffer | undefined)[] = [];
  for (const { level, index } of frontierPlaces(size)) {
    while (roots.length < level) roots.push(undefined);
    roots.push(hashOf(level, index));
  }
  return { size, roots };
}

export interface TreeCheck {
  /** What the leaves really give. */
  readonly frontier: Frontier;
  /** Nodes that belong to the leaves read. */
  readonly nodes: number;
}

/**
 * Recomputes the tree from entry `from` on, taking the stored nodes before it as given, and compares
 * every stored node with what its leaves give. A wrong node is reported once, at its root cause, not
 * again for each node above it.
 */
export function checkTree(
  database: Database,
  from: number,
  find: (finding: string) => void,
  onEntry: (row: EntryRow) => void = () => undefined,
): TreeCheck {
  const hashOf = hashReader(database);
  const rows = database.prepare<[number], EntryRow>(
    "SELECT idx, at, told, kind, exchange, leaf FROM entry WHERE idx >= ? ORDER BY idx",
  );
  let frontier = readFrontier(database, from);
  let nodes = 0;
  let lastWrong = -1;

  function take(hash: Buffer): void {
    const { size } = frontier;
    const appended = appendLeaf(frontier, hash);
    for (const place of appended.nodes) {
      if (hashOf(place.level, place.index)?.equals(place.hash)) continue;
      if (lastWrong < place.index * 2 ** place.level) find(describe(place.level, place.index));
      lastWrong = size;
    }
    nodes += appended.nodes.length;
    frontier = appended.frontier;
  }

  for (const row of rows.iterate(from)) {
    while (frontier.size < row.idx) {
      find(`entry ${frontier.size} is missing`);
      lastWrong = frontier.size;
      take(hashOf(0, frontier.size) ?? Buffer.alloc(32));
    }
    take(leafHash(Buffer.from(row.leaf)));
    onEntry(row);
  }
  return { frontier, nodes };
}

function describe(level: number, index: number): string {
  return level === 0
    ? `entry ${index} is not what was written: its leaf hash differs`
    : `node ${level}/${index} is not the hash of the two below it`;
}
