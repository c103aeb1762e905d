import {
  type ColumnRoles,
  dayBefore,
  type FieldFault,
  type FieldReason,
  type Fields,
  type Item,
  noEndDay,
  type RawRow,
  readFields,
  validateFields,
} from "../catalogue/index.ts";
import {
  checkSubject,
  type Jurisdiction,
  type Subject,
  type SubjectKind,
  type SubjectScheme,
  subjectKindOf,
  type UsccOptions,
} from "../identity/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type CreditRecord, recordLengths } from "./record.ts";
import { recordId, recordIdLength } from "./record-id.ts";

/** What a row does not say about itself. */
export interface RowContext extends UsccOptions {
  readonly jurisdiction: Jurisdiction;
  /** ISO instant at which the node takes the row in. */
  readonly recordedAt: string;
  /** Default 1. */
  readonly version?: number;
  /** Of the catalogue that `item` is from. */
  readonly catalogueVersion?: number;
  /** Default: what the identifier says. */
  readonly subjectKind?: SubjectKind;
}

type Faults = readonly FieldFault[];

/**
 * A raw row as a record, or every column that keeps it from being one: its sender corrects them all at once. A column
 * has one fault at most. Faults never hold a value.
 *
 * @param unread columns whose cells could not be made text: what is wrong with them is known already
 */
export function recordFromRow(
  item: Item,
  row: RawRow,
  context: RowContext,
  unread: readonly string[] = [],
): Result<CreditRecord, Faults> {
  const read = readFields(item, row);
  const { fields } = read;
  const faults = read.faults.filter(({ field }) => !unread.includes(field));
  const settled = new Set([...unread, ...faults.map(({ field }) => field)]);
  const subject = subjectOf(item, fields, context, settled);
  const core = coreOf(item, fields);
  if (!subject.ok || !core.ok || settled.size > 0) {
    const further = [subject, core].flatMap((part) => (part.ok ? [] : part.error));
    return err([...faults, ...further.filter(({ field }) => !settled.has(field))]);
  }
  const { documentNumber, subjectName, occurredOn } = core.value;
  const removedOn = endOf(fields, item.columns.removedOn);
  const lastListed = removedOn === undefined ? undefined : dayBefore(removedOn);
  const validUntil = earlier(endOf(fields, item.columns.validUntil), lastListed);
  const disclosedUntil = earlier(endOf(fields, item.columns.disclosedUntil), lastListed);
  return ok({
    id: recordId(item.code, documentNumber, subject.value),
    item: item.code,
    subject: subject.value,
    subjectName,
    occurredOn,
    jurisdiction: context.jurisdiction,
    version: context.version ?? 1,
    state: "current",
    ...(validUntil !== undefined && { validUntil }),
    ...(disclosedUntil !== undefined && { disclosedUntil }),
    recordedAt: context.recordedAt,
    ...(context.catalogueVersion !== undefined && { catalogueVersion: context.catalogueVersion }),
    fields,
  });
}

/** What a row says of itself even when it is no record: whom it is about, and which record it would be. */
export interface RowIdentity {
  readonly subject: Subject;
  /** Record id; absent when `item` has no document number among its fields, or the row has none. */
  readonly record?: string;
}

/** @param item with no more fields than are to be read: those left out may hold anything */
export function identifyRow(item: Item, row: RawRow, context: UsccOptions): Result<RowIdentity, Faults> {
  const validated = validateFields(item, row);
  if (!validated.ok) return validated;
  const subject = subjectOf(item, validated.value, context);
  if (!subject.ok) return subject;
  const documentNumber = validated.value[item.columns.documentNumber];
  return ok({
    subject: subject.value,
    ...(documentNumber !== undefined && { record: recordId(item.code, documentNumber, subject.value) }),
  });
}

const identifierRoles: readonly (readonly [keyof ColumnRoles, SubjectScheme])[] = [
  ["uscc", "uscc"],
  ["citizenId", "citizen-id"],
  ["registrationNumber", "registration-number"],
];

/**
 * The first identifier the row gives decides: one that is wrong is a fault, never a reason to try the
 * next. A record is attached to a subject by an identifier or not at all.
 */
function subjectOf(
  item: Item,
  fields: Fields,
  context: Pick<RowContext, "subjectKind" | keyof UsccOptions>,
  settled: ReadonlySet<string> = new Set(),
): Result<Subject, Faults> {
  for (const [role, scheme] of identifierRoles) {
    const field = item.columns[role];
    // Something is given there and cannot be read: whose record it is, nobody can say.
    if (field !== undefined && settled.has(field)) return err([]);
    const id = field === undefined ? undefined : fields[field];
    if (field === undefined || id === undefined) continue;
    const kind = context.subjectKind ?? subjectKindOf(scheme, id);
    const subject = checkSubject({ kind, scheme, id }, context);
    if (!subject.ok) return refuse(field, `${subject.error.scheme}.${subject.error.reason}`);
    return item.subjectKinds.includes(kind) ? subject : refuse(field, "subject-kind-not-covered");
  }
  const expected = identifierRoles.map(([role]) => item.columns[role]).find((field) => field !== undefined);
  return refuse(expected ?? item.columns.subjectName, "subject-missing");
}

interface Core {
  readonly documentNumber: string;
  readonly subjectName: string;
  readonly occurredOn: string;
}

/** What every record must have; the catalogue makes these columns required. */
function coreOf({ code, columns }: Item, fields: Fields): Result<Core, Faults> {
  const documentNumber = fields[columns.documentNumber];
  const subjectName = fields[columns.subjectName];
  const occurredOn = fields[columns.occurredOn];
  const faults: FieldFault[] = [columns.documentNumber, columns.subjectName, columns.occurredOn]
    .filter((field) => fields[field] === undefined)
    .map((field) => ({ field, reason: "required" }));
  if (documentNumber !== undefined && recordIdLength(code, documentNumber) > recordLengths.id)
    faults.push({ field: columns.documentNumber, reason: "too-long" });
  if (subjectName !== undefined && subjectName.length > recordLengths.subjectName)
    faults.push({ field: columns.subjectName, reason: "too-long" });
  if (documentNumber === undefined || subjectName === undefined || occurredOn === undefined)
    return err(faults);
  return faults.length > 0 ? err(faults) : ok({ documentNumber, subjectName, occurredOn });
}

/** The day in a column; nothing when the column is empty or says "no end". */
function endOf(fields: Fields, column: string | undefined): string | undefined {
  const day = column === undefined ? undefined : fields[column];
  return day === noEndDay ? undefined : day;
}

function earlier(day: string | undefined, other: string | undefined): string | undefined {
  if (day === undefined || other === undefined) return day ?? other;
  return day < other ? day : other;
}

function refuse(field: string, reason: FieldReason): { readonly ok: false; readonly error: Faults } {
  return err([{ field, reason }]);
}
