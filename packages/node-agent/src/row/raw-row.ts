import type { FieldFault, Item, RawRow } from "@xinqiao/protocol/catalogue";
import { type CreditRecord, type RowContext, recordFromRow } from "@xinqiao/protocol/record";
import { err, type Result } from "@xinqiao/protocol/result";
import { type CellReason, cellText } from "./cell.ts";
import { dayText } from "./instant.ts";

/** A column that keeps a row from being a record, and why. Never the value. */
export interface ColumnFault {
  readonly field: string;
  readonly reason: FieldFault["reason"] | CellReason;
}

/** The cells of one row, by national column → the text that the catalogue's rules are about, and those without text. */
export function rawRow(
  item: Item,
  cellOf: (column: string) => unknown,
): { readonly row: RawRow; readonly faults: readonly ColumnFault[] } {
  const row: Record<string, string> = {};
  const faults: ColumnFault[] = [];
  for (const { name, type } of item.fields) {
    const text = cellText(cellOf(name));
    if (!text.ok) faults.push({ field: name, reason: text.error });
    else row[name] = type === "date" ? dayText(text.value) : text.value;
  }
  return { row, faults };
}

/** A row as a record, or every column that keeps it from being one. */
export function recordFromCells(
  item: Item,
  { row, faults }: ReturnType<typeof rawRow>,
  context: RowContext,
): Result<CreditRecord, readonly ColumnFault[]> {
  const unread = faults.map(({ field }) => field);
  const record = recordFromRow(item, row, context, unread);
  return record.ok ? record : err([...faults, ...record.error]);
}
