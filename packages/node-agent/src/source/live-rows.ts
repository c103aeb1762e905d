import type { Item } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, Subject, SubjectKind, SubjectScheme } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { rawRow, recordFromCells } from "../row/index.ts";
import type { InvalidRows, OnInvalid, RowReason } from "./invalid.ts";
import type { Found, Gap } from "./port.ts";

/** One row of a platform, its values by national column. */
export interface PlatformRow {
  readonly cellOf: (column: string) => unknown;
  /** Absent: the mapping names no state column, every row is current. */
  readonly state?: string;
  /** Whom the platform says the row is about, when it says so. */
  readonly subjectId?: string;
}

export interface RowMapping {
  readonly item: Item;
  readonly kind?: SubjectKind | undefined;
  readonly stateValues: Readonly<Record<string, CreditRecord["state"]>>;
}

export interface LiveContext {
  readonly source: string;
  readonly jurisdiction: Jurisdiction;
  /** ISO instant of the reading. */
  readonly recordedAt: string;
  readonly catalogueVersion: number;
  readonly onInvalid: OnInvalid;
}

type Faults = InvalidRows["reasons"];

/** What one table or call gave. */
export interface LiveRecords {
  readonly records: readonly CreditRecord[];
  /** Set when some of the rows are no valid records. */
  readonly gap?: Gap;
}

/**
 * The rows that are records. Those that are not cost the others nothing, but leave a gap: they are reported
 * to the operator, and the asker is told that the item is not whole.
 */
export function recordsFromRows(
  rows: readonly PlatformRow[],
  mapping: RowMapping,
  subject: Subject,
  context: LiveContext,
): LiveRecords {
  const records: CreditRecord[] = [];
  const reasons = new Map<string, Faults[number]>();
  let count = 0;
  for (const row of rows) {
    const record = recordOf(row, mapping, subject, context);
    if (record.ok) records.push(record.value);
    else {
      count += 1;
      for (const fault of record.error) reasons.set(`${fault.field} ${fault.reason}`, fault);
    }
  }
  if (count === 0) return { records };
  const item = mapping.item.code;
  context.onInvalid({ source: context.source, item, count, reasons: [...reasons.values()] });
  return { records, gap: { item, reason: "unreadable" } };
}

/** What several tables or calls gave, as one; the first that failed fails all. */
export function foundIn(parts: readonly Result<LiveRecords, Fault>[], asOf: string): Result<Found, Fault> {
  const records: CreditRecord[] = [];
  const gaps: Gap[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    records.push(...part.value.records);
    if (part.value.gap) gaps.push(part.value.gap);
  }
  return ok({ records, asOf, ...(gaps.length > 0 && { gaps }) });
}

const roleOf = {
  uscc: "uscc",
  "citizen-id": "citizenId",
  "registration-number": "registrationNumber",
} as const satisfies Record<SubjectScheme, keyof Item["columns"]>;

/** The item's own column for identifiers of a scheme; nothing when the item has none. */
export function subjectColumn(item: Item, scheme: SubjectScheme): string | undefined {
  return item.columns[roleOf[scheme]];
}

function recordOf(
  row: PlatformRow,
  { item, kind, stateValues }: RowMapping,
  subject: Subject,
  { jurisdiction, recordedAt, catalogueVersion }: LiveContext,
): Result<CreditRecord, Faults> {
  const column = subjectColumn(item, subject.scheme);
  if (column === undefined) return refuse(item.columns.subjectName, "subject-missing");
  // A platform that ignores the question must not get someone else's record attached to this subject.
  if (row.subjectId !== undefined && row.subjectId !== subject.id) return refuse(column, "subject-differs");
  const state = row.state === undefined ? "current" : ownValue(stateValues, row.state);
  if (state === undefined) return refuse("state", "state-not-mapped");
  const raw = rawRow(item, row.cellOf);
  const record = recordFromCells(
    item,
    { ...raw, row: { ...raw.row, [column]: subject.id } },
    { jurisdiction, recordedAt, catalogueVersion, ...(kind !== undefined && { subjectKind: kind }) },
  );
  if (!record.ok) return record;
  // An identifier of higher rank in the same row says that it is another subject's.
  const { scheme, id } = record.value.subject;
  if (scheme !== subject.scheme || id !== subject.id) return refuse(column, "subject-differs");
  return ok({ ...record.value, state });
}

function ownValue<T>(values: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function refuse(field: string, reason: RowReason) {
  return err<Faults>([{ field, reason }]);
}
