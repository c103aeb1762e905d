import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type DigestBook,
  type DigestGroup,
  digestEntrySchema,
  digestGroupSchema,
  groupName,
  type RangePlace,
  rangeWithin,
  recordContent,
  recordKey,
} from "@xinqiao/protocol/digests";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type CreditRecord, isDisclosable } from "@xinqiao/protocol/record";
import { z } from "zod";

type Value = string | number | null;

interface SqlStatement {
  get(...values: readonly Value[]): unknown;
  all(...values: readonly Value[]): unknown[];
  run(...values: readonly Value[]): unknown;
}

/** As much of a database as is used here. */
export interface SqlDatabase {
  prepare(sql: string): SqlStatement;
  /** In one transaction, which waits for others that write. */
  together(work: () => number): number;
}

/** Digests of the records of a store. */
export interface DigestIndex {
  /**
   * Digests what has changed, and leaves out what is no longer disclosed on a day.
   * @param then done at the very moment at which nothing is left to digest: what it looks at is of that moment
   * @param places ranges that it looks at: what is not kept of them is computed before, a little at a time
   */
  catchUp<T>(today: string, then: () => T, places?: readonly RangePlace[]): Promise<T>;
  groups(): readonly DigestGroup[];
  book(group: DigestGroup): DigestBook;
  /** The record of a key; undefined when its source has none. */
  recordOf(source: NodeId, key: string): string | undefined;
}

const markSchema = z.object({ source: z.string(), record: z.string() });
const entryNameSchema = z.object({ name: z.string(), key: z.string() });
const endedSchema = markSchema.extend(entryNameSchema.shape);
const rangeSchema = z.object({ count: z.number(), digest: z.string() });

/** Records digested, and ranges read, in one go: a few milliseconds. */
const most = 500;

/** Under which a member's own records stand in its own store. */
export const ownSource = "";

/**
 * @param held the version that the store has of a record as it is shared; undefined when it has none
 * @param self whose the records without a source are
 */
export function createDigestIndex(
  database: SqlDatabase,
  held: (source: string, record: string) => CreditRecord | undefined,
  self?: NodeId,
): DigestIndex {
  const sql = prepare(database);

  function drop({ source, record, name, key }: z.infer<typeof endedSchema>): void {
    sql.drop.run(source, record);
    sql.dirty.run(name, JSON.stringify(prefixesOf(key)));
  }

  function digest(source: string, id: string, today: string): void {
    const before = entryNameSchema.optional().parse(sql.entry.get(source, id));
    if (before !== undefined) drop({ source, record: id, ...before });
    const record = held(source, id);
    if (record === undefined || !isDisclosable(record, today)) return;
    const { item, jurisdiction } = record;
    const subjectKind = record.subject.kind;
    const of = source === ownSource ? self : source;
    const group = digestGroupSchema.parse({ source: of, item, jurisdiction, subjectKind });
    const [name, key] = [groupName(group), recordKey(id)];
    sql.group.run(name, source, JSON.stringify(group));
    sql.add.run(source, id, name, key, recordContent(record), record.disclosedUntil ?? null);
    sql.dirty.run(name, JSON.stringify(prefixesOf(key)));
  }

  /** @returns how many of them are computed, so that nothing but reading is left of them */
  function compute(places: readonly RangePlace[]): number {
    const reads = { left: most };
    const unfinished = places.findIndex(
      ({ group, prefix }) => rangeWithin(prefix, bookOf(groupName(group), sql), reads) === undefined,
    );
    return unfinished < 0 ? places.length : unfinished;
  }

  const some = (today: string) => () => {
    const ended = sql.ended.all(today, most).map((row) => endedSchema.parse(row));
    for (const each of ended) drop(each);
    const marks = sql.marks.all(most).map((row) => markSchema.parse(row));
    for (const { source, record } of marks) {
      digest(source, record, today);
      sql.unmark.run(source, record);
    }
    return ended.length + marks.length;
  };
  return {
    async catchUp(today, then, places = []) {
      let computed = 0;
      for (;;) {
        if (database.together(some(today)) === 0) {
          if (computed === places.length) return then();
          computed += database.together(() => compute(places.slice(computed)));
        }
        await nextTurn();
      }
    },
    groups: () => sql.groups.all().map((row) => groupRowSchema.parse(row)),
    book: (group) => bookOf(groupName(group), sql),
    recordOf: (source, key) =>
      recordRowSchema.optional().parse(sql.byKey.get(source === self ? ownSource : source, key))?.record,
  };
}

const recordRowSchema = z.object({ record: z.string() });
const groupRowSchema = z
  .object({ content: z.string() })
  .transform(({ content }) => digestGroupSchema.parse(JSON.parse(content)));

function bookOf(name: string, sql: ReturnType<typeof prepare>): DigestBook {
  return {
    entries: (prefix, limit, behind = "") =>
      sql.entries.all(name, prefix, `${prefix}g`, behind, limit).map((row) => digestEntrySchema.parse(row)),
    kept: (prefix) => rangeSchema.optional().parse(sql.range.get(name, prefix)),
    keep: (prefix, { count, digest }) => void sql.keep.run(name, prefix, count, digest),
  };
}

/** Of every range that a key is in and that may be divided. */
const prefixesOf = (key: string) => Array.from({ length: key.length }, (_, length) => key.slice(0, length));

function prepare(database: SqlDatabase) {
  return {
    marks: database.prepare("SELECT source, record FROM undigested LIMIT ?"),
    unmark: database.prepare("DELETE FROM undigested WHERE source = ? AND record = ?"),
    ended: database.prepare("SELECT source, record, name, key FROM digest_entry WHERE until < ? LIMIT ?"),
    entry: database.prepare("SELECT name, key FROM digest_entry WHERE source = ? AND record = ?"),
    drop: database.prepare("DELETE FROM digest_entry WHERE source = ? AND record = ?"),
    add: database.prepare(
      "INSERT INTO digest_entry (source, record, name, key, content, until) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    dirty: database.prepare(
      "DELETE FROM digest_range WHERE name = ? AND prefix IN (SELECT value FROM json_each(?))",
    ),
    group: database.prepare(
      "INSERT INTO digest_group (name, source, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    groups: database.prepare("SELECT content FROM digest_group ORDER BY name"),
    byKey: database.prepare("SELECT record FROM digest_entry WHERE source = ? AND key = ?"),
    entries: database.prepare(
      `SELECT key, content FROM digest_entry
       WHERE name = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?`,
    ),
    range: database.prepare("SELECT count, digest FROM digest_range WHERE name = ? AND prefix = ?"),
    keep: database.prepare(
      "INSERT OR REPLACE INTO digest_range (name, prefix, count, digest) VALUES (?, ?, ?, ?)",
    ),
  };
}
