import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Subject } from "@xinqiao/protocol/identity";
import { type CreditRecord, recordSchema, recordStates } from "@xinqiao/protocol/record";
import { err, ok } from "@xinqiao/protocol/result";
import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { OwnRecords } from "../sharing/index.ts";
import type { SameBytes } from "./file-rows.ts";

/** How a record is found: by identifier, never by name. */
export type SubjectKey = Pick<Subject, "scheme" | "id">;

export type Put = "added" | "changed" | "unchanged";

export interface FoundRecords {
  readonly records: readonly CreditRecord[];
  /** Items of those that cannot be read. */
  readonly unread: readonly ItemCode[];
}

export interface Records {
  /** What is there to answer with. */
  of(subject: SubjectKey, items: readonly ItemCode[]): FoundRecords;
  /**
   * Adds a record as version 1, or makes the next version of the one held when what it says differs.
   * @param by the import that brings it; none: a followed stream does
   */
  put(record: CreditRecord, by?: number): Put;
  /** Whether the record held under this id says the same, whatever its version; nothing where there is none. */
  holding(record: CreditRecord): "same" | "other" | undefined;
  /** Whether it says otherwise, by somebody else than these imports and after the first of them that was finished. */
  holdsLater(record: CreditRecord, imports: Pick<SameBytes, "first" | "imports">): boolean;
  readonly own: OwnRecords;
}

/** As the table has it. */
export interface Row {
  readonly id: string;
  readonly item: string;
  readonly kind: string;
  readonly scheme: string;
  readonly subject: string;
  readonly name: string;
  readonly jurisdiction: string;
  readonly version: number;
  readonly state: string;
  readonly annotation: string | null;
  readonly occurred_on: string;
  readonly valid_until: string | null;
  readonly disclosed_until: string | null;
  readonly recorded_at: string;
  readonly catalogue_version: number | null;
  readonly fields: string;
}

/** What a file says about a record it names. Subject and item need no comparing: they are part of the id. */
const content = ["kind", "name", "jurisdiction", "occurred_on", "valid_until", "disclosed_until", "fields"];
const others = [
  "id",
  "item",
  "scheme",
  "subject",
  "version",
  "state",
  "annotation",
  "recorded_at",
  "catalogue_version",
];
const columns = [...others, ...content];
export const recordColumns = columns.map((column) => `record.${column}`).join(", ");
const list = (prefix: string, of = content) => of.map((column) => `${prefix}${column}`).join(", ");

/**
 * State and annotation are left alone when a file is imported again: a file knows nothing of repairs,
 * and an old one must not bring a repaired record back (《深圳经济特区社会信用条例》art. 81–82).
 */
const putSql = `
  INSERT INTO record (${list("", columns)}, import) VALUES (${list("@", columns)}, @import)
  ON CONFLICT (id) DO UPDATE SET
    ${content.map((column) => `${column} = excluded.${column}`).join(", ")},
    version = record.version + 1,
    recorded_at = excluded.recorded_at,
    changed_at = excluded.recorded_at,
    import = excluded.import,
    catalogue_version = excluded.catalogue_version
  WHERE (${list("record.")}) IS NOT (${list("excluded.")})
  RETURNING version`;

/** `record_by_subject` serves each item with one seek. What the city knows to be gone is nobody's any more. */
export const findSql = `
  SELECT ${list("", columns)} FROM record
  WHERE scheme = ? AND subject = ? AND item IN (SELECT value FROM json_each(?))
    AND NOT EXISTS (SELECT 1 FROM known_gone WHERE known_gone.record = record.id)`;

/**
 * Where it is not known which import a record says so by, a stream says it, or it has said so since before that was kept:
 * then by the instant of its import, or of its last version where it has never changed.
 */
const laterSql = `
  SELECT 1 FROM record WHERE id = @id AND (${list("")}) IS NOT (${list("@")})
    AND iif(import IS NULL,
      coalesce(changed_at, recorded_at) >= @firstAt
        AND coalesce(changed_at, recorded_at) NOT IN (SELECT value ->> 'startedAt' FROM json_each(@imports)),
      import > @first AND import NOT IN (SELECT value ->> 'id' FROM json_each(@imports)))`;

interface Since {
  readonly first: number;
  readonly firstAt: string;
  /** JSON. */
  readonly imports: string;
}

export function createRecords(database: Database): Records {
  const find = database.prepare<[string, string, string], Row>(findSql);
  const upsert = database.prepare<[Row & { import: number | null }], { version: number }>(putSql);
  const same = database
    .prepare<[Row], 0 | 1>(`SELECT (${list("")}) IS (${list("@")}) FROM record WHERE id = @id`)
    .pluck();
  const later = database.prepare<[Row & Since], unknown>(laterSql);
  return {
    of: ({ scheme, id }, items) => foundIn(find.all(scheme, id, JSON.stringify(items)), items),
    put(record, by) {
      const written = upsert.get({ ...toRow(record), import: by ?? null });
      if (written === undefined) return "unchanged";
      return written.version === 1 ? "added" : "changed";
    },
    own: createOwnRecords(database),
    holding(record) {
      const isSame = same.get(toRow(record));
      if (isSame === undefined) return undefined;
      return isSame === 1 ? "same" : "other";
    },
    holdsLater(record, { first, imports }) {
      const since = { first: first.id, firstAt: first.startedAt, imports: JSON.stringify(imports) };
      return later.get({ ...toRow(record), ...since }) !== undefined;
    },
  };
}

/** What a file says about the record that it names, as one text. */
export function contentText(record: CreditRecord): string {
  const { kind, name, jurisdiction, occurred_on, valid_until, disclosed_until, fields } = toRow(record);
  return JSON.stringify([kind, name, jurisdiction, occurred_on, valid_until, disclosed_until, fields]);
}

function foundIn(rows: readonly Row[], items: readonly ItemCode[]): FoundRecords {
  const records: CreditRecord[] = [];
  const unread = new Set<string>();
  for (const row of rows) {
    const record = toRecord(row);
    if (record === undefined) unread.add(row.item);
    else records.push(record);
  }
  return { records, unread: items.filter((item) => unread.has(item)) };
}

const standingSchema = z.object({
  state: z.enum(recordStates),
  annotation: z.string().nullable(),
});
const annotationSchema = recordSchema.shape.annotation;

function createOwnRecords(database: Database): OwnRecords {
  const find = database.prepare<[string], Row>(`SELECT ${list("", columns)} FROM record WHERE id = ?`);
  const standing = database.prepare("SELECT state, annotation FROM record WHERE id = ?");
  const correct = database.prepare<[object], { version: number }>(
    `UPDATE record SET version = max(version + 1, @atLeast), state = @state, annotation = @annotation, recorded_at = @recordedAt
     WHERE id = @id AND ((state, annotation) IS NOT (@state, @annotation) OR version < @atLeast)
     RETURNING version`,
  );
  const changed = database
    .prepare<[string], string | null>("SELECT changed_at FROM record WHERE id = ?")
    .pluck();
  return {
    changedAt: (id) => changed.get(id) ?? undefined,
    byId(id) {
      const row = find.get(id);
      return row && toRecord(row);
    },
    standing(id) {
      const held = standingSchema.optional().parse(standing.get(id));
      return held && { state: held.state, ...(held.annotation !== null && { annotation: held.annotation }) };
    },
    correct(id, act, recordedAt, atLeast = 0) {
      const annotation = act.state === "annotated" ? act.annotation : null;
      if (!annotationSchema.safeParse(annotation ?? undefined).success) return err("annotation-too-long");
      const corrected = correct.get({ id, state: act.state, annotation, recordedAt, atLeast });
      if (corrected !== undefined) return ok(corrected);
      return err(standing.get(id) === undefined ? "record-unknown" : "as-it-stands");
    },
  };
}

function toRow(record: CreditRecord): Row {
  return {
    id: record.id,
    item: record.item,
    kind: record.subject.kind,
    scheme: record.subject.scheme,
    subject: record.subject.id,
    name: record.subjectName,
    jurisdiction: record.jurisdiction,
    version: 1,
    state: record.state,
    annotation: record.annotation ?? null,
    occurred_on: record.occurredOn,
    valid_until: record.validUntil ?? null,
    disclosed_until: record.disclosedUntil ?? null,
    recorded_at: record.recordedAt,
    catalogue_version: record.catalogueVersion ?? null,
    fields: canonicalJson(record.fields),
  };
}

/** In one order of keys: a catalogue that lists its columns differently has not changed any record. */
function canonicalJson(fields: CreditRecord["fields"]): string {
  return JSON.stringify(fields, Object.keys(fields).sort());
}

/** Nothing of a row that is no record: one row that an earlier version should not have written must not stop all the others. */
export function toRecord(row: Row): CreditRecord | undefined {
  return recordSchema.safeParse({
    id: row.id,
    item: row.item,
    subject: { kind: row.kind, scheme: row.scheme, id: row.subject },
    subjectName: row.name,
    jurisdiction: row.jurisdiction,
    version: row.version,
    state: row.state,
    ...(row.annotation !== null && { annotation: row.annotation }),
    occurredOn: row.occurred_on,
    ...(row.valid_until !== null && { validUntil: row.valid_until }),
    ...(row.disclosed_until !== null && { disclosedUntil: row.disclosed_until }),
    recordedAt: row.recorded_at,
    ...(row.catalogue_version !== null && { catalogueVersion: row.catalogue_version }),
    fields: JSON.parse(row.fields),
  }).data;
}
