import type { Field } from "@xinqiao/protocol/catalogue";

/** Refused by the catalogue in every type of column: better an invalid row than a rounded number. */
const unreadable = "\uFFFD";
const timestamp = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}/;

/** A platform's value as the catalogue's raw text. Nothing when the platform has nothing. */
export function scalarText(value: unknown, type?: Field["type"]): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return type === "date" ? (timestamp.exec(value)?.[1] ?? value) : value;
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "number") return unreadable;
  // Beyond 15 digits a JSON number is no longer the one that was written.
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return exact ? String(value) : unreadable;
}
