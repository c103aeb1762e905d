import { type IdentityFault, normaliseIdentifier } from "../identity/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { normaliseAmount } from "./amount.ts";
import { normaliseDay } from "./day.ts";
import type { Field, Item } from "./item.ts";

/** Why a value is refused. Stable words for a quarantine list; never the value. */
export type FieldReason =
  | "required"
  | "too-short"
  | "too-long"
  | "text-malformed"
  | "date-format"
  | "date-not-real"
  | "amount-format"
  | "amount-too-precise"
  | "integer-format"
  | "code-not-listed"
  | "subject-missing"
  | "subject-kind-not-covered"
  | `${IdentityFault["scheme"]}.${IdentityFault["reason"]}`;

export interface FieldFault {
  /** Column name. */
  readonly field: string;
  readonly reason: FieldReason;
}

/** Column name → canonical value; empty columns are absent. */
export type Fields = Readonly<Record<string, string>>;

/** A row as a file, a table or a service gives it: column name → raw text. */
export type RawRow = Readonly<Record<string, string | undefined>>;

/**
 * Brings a row of raw text into catalogue form, or names every column at fault. Columns the catalogue
 * does not list are left out: no more is kept than the item needs (Personal Information Protection Law
 * art. 6); `unlistedColumns` tells which.
 */
export function validateFields(item: Item, row: RawRow): Result<Fields, readonly FieldFault[]> {
  const { fields, faults } = readFields(item, row);
  return faults.length > 0 ? err(faults) : ok(fields);
}

/** The same, with what is sound of a row that has faults. A column has one fault at most, and then no value. */
export function readFields(
  item: Item,
  row: RawRow,
): { readonly fields: Fields; readonly faults: readonly FieldFault[] } {
  const fields: Record<string, string> = {};
  const faults: FieldFault[] = [];
  for (const field of item.fields) {
    const value = validateField(field, row[field.name] ?? "");
    if (!value.ok) faults.push({ field: field.name, reason: value.error });
    else if (value.value !== "") fields[field.name] = value.value;
  }
  return { fields, faults };
}

/** Columns of a file that the item does not have: misspelt, or none of its business. */
export function unlistedColumns(item: Item, columns: readonly string[]): string[] {
  const listed = new Set(item.fields.map(({ name }) => name));
  return columns.filter((column) => !listed.has(column));
}

/** The canonical value; empty when the column is empty and may be. */
function validateField(field: Field, raw: string): Result<string, FieldReason> {
  const text = raw.trim();
  if (text === "") return field.required ? err("required") : ok("");
  const value = normalise(field, text);
  if (!value.ok) return value;
  const length = [...value.value].length;
  if (length < (field.minLength ?? 0)) return err("too-short");
  if (length > (field.maxLength ?? Number.POSITIVE_INFINITY)) return err("too-long");
  return value;
}

function normalise({ type, values }: Field, text: string): Result<string, FieldReason> {
  switch (type) {
    case "date":
      return normaliseDay(text);
    case "amount":
      return normaliseAmount(text);
    case "integer":
      return /^\d+$/.test(text) ? ok(text.replace(/^0+(?=\d)/, "")) : err("integer-format");
    case "code":
      return values === undefined || values.includes(text) ? wellFormed(text) : err("code-not-listed");
    case "identifier":
      return wellFormed(normaliseIdentifier(text));
    case "text":
      return wellFormed(text);
  }
}

/** Every control character but tab, line feed and carriage return. PostgreSQL text cannot hold U+0000. */
const control = /[^\P{Cc}\t\n\r]/u;

/** Bytes read in the wrong encoding show as lone surrogates, U+FFFD or control characters: better said than stored. */
function wellFormed(text: string): Result<string, "text-malformed"> {
  const broken = !text.isWellFormed() || text.includes("\uFFFD") || control.test(text);
  return broken ? err("text-malformed") : ok(text);
}
