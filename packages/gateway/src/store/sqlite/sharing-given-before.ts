import type { Database } from "better-sqlite3";
import { z } from "zod";

/** Who was given what was known by positions alone once, and of which items nobody knows any more. */
const noteReaders = `
  INSERT INTO member_number (node) SELECT node FROM subscriber WHERE true ON CONFLICT DO NOTHING;
  INSERT INTO reading_scope (content) SELECT json_set(subscription, '$.items', 'all') FROM subscriber
    WHERE true ON CONFLICT DO NOTHING;
  INSERT INTO reading (node, scope, position)
    SELECT node, id, position FROM subscriber JOIN reading_scope ON content = json_set(subscription, '$.items', 'all')
    WHERE true ON CONFLICT DO NOTHING;`;

/** Records of one transaction: a megabyte or two. */
const most = 2_000;

const positionSchema = z.object({ number: z.number(), position: z.number() });
const placeSchema = z.object({ source: z.string(), record: z.string() });

/**
 * Whoever had read past the first version of a record may have been given one; its last day is not known. Some records at a
 * time, so that no second copy of the file is needed; what is cut off begins again.
 * @param isDone whether another process has been through all of it meanwhile
 */
export function noteGivenBefore(database: Database, isDone: () => boolean): void {
  database.transaction(() => database.exec(noteReaders)).immediate();
  const rows = database
    .prepare("SELECT number, position FROM subscriber JOIN member_number USING (node)")
    .all();
  const readers = rows.map((row) => positionSchema.parse(row));
  database.function("readers_past", { deterministic: true }, (first) => {
    const bits = readers
      .filter(({ position }) => position >= Number(first))
      .reduce((sum, { number }) => sum | (1n << BigInt(number)), 0n);
    return bits === 0n ? null : bits.toString(16);
  });
  const behind = "FROM held WHERE (source, record) > (@source, @record) ORDER BY source, record";
  const end = database.prepare(`SELECT source, record ${behind} LIMIT 1 OFFSET ${most - 1}`);
  const note = database.prepare(
    `UPDATE change SET gone = given_from IS NOT NULL, given = iif(first < change.position, readers_past(first), NULL),
       given_until = iif(first < change.position, '9999-12-31', NULL)
     FROM (SELECT position, seq, first, state ${behind} LIMIT ${most}) AS old
     WHERE old.position = change.position AND old.seq = change.seq
       AND (first < old.position OR state IN ('repaired', 'withdrawn'))`,
  );
  const noteSome = database.transaction((after: z.infer<typeof placeSchema>) => {
    if (isDone()) return undefined;
    note.run(after);
    return placeSchema.optional().parse(end.get(after));
  });
  let next = noteSome.immediate({ source: "", record: "" });
  while (next !== undefined) next = noteSome.immediate(next);
}
