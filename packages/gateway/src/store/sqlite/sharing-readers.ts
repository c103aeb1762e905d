import { type ItemCode, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import { jurisdictionSchema, type NodeId, nodeIdSchema } from "@xinqiao/protocol/identity";
import { type Shared, subscriptionSchema } from "@xinqiao/protocol/sync";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Hub, Reading, ReadingScope } from "../../sharing/index.ts";
import type { MemberSet, MemberSets } from "./sharing-member-sets.ts";

/** What decides who was handed which version (PR-SYNC §5). */
export const readersSchema = `
  -- What a reader might hold and wanted (JSON): one row for all of whom it is the same.
  CREATE TABLE IF NOT EXISTS reading_scope (
    id      INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
  ) STRICT;
  -- Readers by number: a set of them is a hexadecimal number of which each has a bit.
  CREATE TABLE IF NOT EXISTS member_number (
    number INTEGER PRIMARY KEY,
    node   TEXT NOT NULL UNIQUE
  ) STRICT;
  -- How far a reader was handed what there is under one, from the beginning.
  CREATE TABLE IF NOT EXISTS reading (
    node     TEXT NOT NULL,
    scope    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (node, scope)
  ) STRICT, WITHOUT ROWID;
`;

const rowSchema = z.object({
  node: nodeIdSchema,
  scope: z.number(),
  position: z.number(),
  content: z.string(),
});
// Of files from before it was noted nobody knows the items.
const scopeSchema = subscriptionSchema.extend({
  items: z.union([z.literal("all"), z.array(itemCodeSchema)]),
  missed: z.array(jurisdictionSchema).default([]),
});

/** A scope as it is asked: one of hundreds of items, many times a page. */
interface Scope {
  readonly id: number;
  readonly places: string;
  readonly items: "all" | ReadonlySet<ItemCode>;
  readonly covers: (version: Shared | Pick<Shared, "item">) => boolean;
}

export interface Readers {
  readonly port: Pick<Hub, "isReading">;
  /** That a reader was handed what is behind one position, up to another. */
  handed(reading: Reading, position: number): void;
  /** Who was handed the page of a position, under a scope in which the version was: by its item alone where it does not say more. */
  past(version: Shared | Pick<Shared, "item">, position: number): MemberSet;
}

export function createReaders(database: Database, sets: Pick<MemberSets, "of">): Readers {
  const sql = prepare(database);
  const known = new Map<string, Scope>();
  const readings = new Map<NodeId, Map<Scope, number>>();
  const { past, forget } = createPast(readings, sets);
  for (const row of sql.all.all()) {
    const { node, scope: id, position, content } = rowSchema.parse(row);
    const scope = known.get(content) ?? scopeOf(id, content);
    known.set(content, scope);
    readings.set(node, (readings.get(node) ?? new Map<Scope, number>()).set(scope, position));
  }
  const positionOf = (node: NodeId, content: string) => {
    const scope = known.get(content);
    return scope === undefined ? undefined : readings.get(node)?.get(scope);
  };

  const hand = database.transaction((node: NodeId, content: string, position: number): number => {
    sql.number.run(node);
    const id = sql.scope.get(content) ?? Number(sql.addScope.run(content).lastInsertRowid);
    sql.hand.run(node, id, position);
    return id;
  });
  /** A reading that says no more than the newest of the same reader goes: with every catalogue there would be more of them. */
  const dropWithin = database.transaction((newest: Scope, node: NodeId, of: Map<Scope, number>): void => {
    const to = of.get(newest) ?? 0;
    const isMore = ([other, position]: [Scope, number]) =>
      other === newest || position > to || !isWithin(other, newest);
    for (const [other] of [...of].filter((each) => !isMore(each))) {
      sql.drop.run(node, other.id);
      of.delete(other);
    }
  });

  return {
    port: {
      isReading: ({ node, after, scope }) => after === 0 || after <= (positionOf(node, textOf(scope)) ?? -1),
    },
    handed({ node, after, scope: read }, position) {
      const content = textOf(read);
      const before = positionOf(node, content) ?? 0;
      if (after > before || position <= before) return;
      const id = hand(node, content, position);
      forget();
      const scope = known.get(content) ?? scopeOf(id, content);
      known.set(content, scope);
      const of = (readings.get(node) ?? new Map<Scope, number>()).set(scope, position);
      readings.set(node, of);
      if (of.size > 1) dropWithin(scope, node, of);
    },
    past,
  };
}

/** Most kinds of versions, and positions of each, of which it is known who was handed them: more than a page has. */
const mostKnown = 500;

interface Covering {
  /** How far each was handed versions of that kind. */
  readonly to: readonly (readonly [NodeId, number])[];
  readonly past: Map<number, MemberSet>;
}

/** Nearly all that a page corrects is of the same kind, and was told in a few pages. */
function createPast(
  readings: ReadonlyMap<NodeId, ReadonlyMap<Scope, number>>,
  sets: Pick<MemberSets, "of">,
): Pick<Readers, "past"> & { readonly forget: () => void } {
  const known = new Map<string, Covering>();
  function coveringOf(version: Parameters<Readers["past"]>[0]): Covering {
    const to = [...readings].flatMap(([node, of]) => {
      const positions = [...of].flatMap(([scope, position]) => (scope.covers(version) ? [position] : []));
      return positions.length === 0 ? [] : [[node, Math.max(...positions)] as const];
    });
    return { to, past: new Map() };
  }
  return {
    past(version, position) {
      const key = keyOf(version);
      const { to, past } = known.get(key) ?? kept(known, key, coveringOf(version));
      const found = past.get(position);
      if (found !== undefined) return found;
      const nodes = to.flatMap(([node, last]) => (last >= position ? [node] : []));
      return kept(past, position, sets.of(nodes));
    },
    forget: () => known.clear(),
  };
}

function kept<K, V>(known: Map<K, V>, key: K, value: V): V {
  if (known.size >= mostKnown) known.clear();
  known.set(key, value);
  return value;
}

const keyOf = (version: Shared | Pick<Shared, "item">): string =>
  "subject" in version ? `${version.item} ${version.jurisdiction} ${version.subject.kind}` : version.item;

const isWithin = (one: Scope, other: Scope): boolean =>
  one.places === other.places &&
  (other.items === "all" || (one.items !== "all" && [...one.items].every((item) => isIn(item, other))));

const isIn = (item: ItemCode, { items }: Pick<Scope, "items">) => items === "all" || items.has(item);

function textOf({ items, missed, jurisdictions, subjectKinds }: ReadingScope): string {
  const sorted = (some: "all" | readonly string[]) => (some === "all" ? some : [...some].sort());
  const places = { jurisdictions: sorted(jurisdictions), subjectKinds: sorted(subjectKinds) };
  const without = missed.length > 0 && { missed: sorted(missed) };
  return JSON.stringify({ items: sorted(items), ...places, ...without });
}

function scopeOf(id: number, content: string): Scope {
  const { items: listed, missed, jurisdictions, subjectKinds } = scopeSchema.parse(JSON.parse(content));
  const items = listed === "all" ? listed : new Set(listed);
  const [divisions, kinds] = [setOf(jurisdictions), setOf(subjectKinds)];
  return {
    id,
    items,
    places: JSON.stringify([jurisdictions, subjectKinds, missed]),
    covers(version) {
      if (!isIn(version.item, { items })) return false;
      if (!("subject" in version)) return true;
      const { jurisdiction, subject } = version;
      const isThere = (divisions === "all" || divisions.has(jurisdiction)) && !missed.includes(jurisdiction);
      return isThere && (kinds === "all" || kinds.has(subject.kind));
    },
  };
}

const setOf = <T>(some: "all" | readonly T[]): "all" | ReadonlySet<T> =>
  some === "all" ? some : new Set(some);

function prepare(database: Database) {
  return {
    all: database.prepare(
      "SELECT node, scope, position, content FROM reading JOIN reading_scope ON id = scope",
    ),
    scope: database.prepare<[string], number>("SELECT id FROM reading_scope WHERE content = ?").pluck(),
    addScope: database.prepare("INSERT INTO reading_scope (content) VALUES (?)"),
    hand: database.prepare(
      `INSERT INTO reading (node, scope, position) VALUES (?, ?, ?)
       ON CONFLICT (node, scope) DO UPDATE SET position = excluded.position`,
    ),
    number: database.prepare("INSERT INTO member_number (node) VALUES (?) ON CONFLICT DO NOTHING"),
    drop: database.prepare("DELETE FROM reading WHERE node = ? AND scope = ?"),
  };
}
