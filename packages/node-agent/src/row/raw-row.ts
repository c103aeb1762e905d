import type { FieldFault, Item, RawRow } from "@xinqiao/protocol/catalogue";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { type CellReason, cellText } from "./cell.ts";
import { dayText } from "./instant.ts";

/** A column that keeps a row from being a record, and why. Never the value. */
export interface ColumnFault {
  readonly field: string;
  readonly reason: FieldFault["reason"] | CellReason;
}

/** The cells of one row, by national column → the text that the catalogue's rules are about. */
export function rawRow(
  item: Item,
  cellOf: (column: string) => unknown,
): Result<RawRow, readonly ColumnFault[]> {
  const row: Record<string, string> = {};
  const faults: ColumnFault[] = [];
  for (const { name, type } of item.fields) {
    const text = cellText(cellOf(name));
    if (!text.ok) faults.push({ field: name, reason: text.error });
    else row[name] = type === "date" ? dayText(text.value) : text.value;
  }
  return faults.length > 0 ? err(faults) : ok(row);
}
