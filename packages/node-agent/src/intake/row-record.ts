import type { Jurisdiction, UsccOptions } from "@xinqiao/protocol/identity";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { err, type Result } from "@xinqiao/protocol/result";
import { cellText, rawRow, recordFromCells } from "../row/index.ts";
import type { RowReason } from "../store/index.ts";
import type { Header } from "./header.ts";
import type { SourceRow } from "./source-row.ts";

export interface IntakeContext extends UsccOptions {
  readonly jurisdiction: Jurisdiction;
  /** ISO instant. */
  readonly recordedAt: string;
  readonly catalogueVersion: number;
}

/** A row of a file as a record, or everything that it is kept back for. */
export function rowRecord(
  row: SourceRow,
  { item, places }: Header,
  context: IntakeContext,
): Result<CreditRecord, readonly RowReason[]> {
  if ("reason" in row) return err([{ reason: row.reason }]);
  return recordFromCells(item, rawRow(item, cellsOf(row, places)), context);
}

/** The cells by the item's column. */
export function cellsOf({ cells }: Extract<SourceRow, { cells: unknown }>, places: Header["places"]) {
  return (column: string): unknown => {
    const place = places.get(column);
    return place === undefined ? undefined : cells[place];
  };
}

/** The cells as the sender wrote them; the whole line when it has no cells. */
export function rowTexts(row: SourceRow): string[] {
  if ("reason" in row) return [row.raw];
  return row.cells.map((cell) => {
    const text = cellText(cell);
    return text.ok ? text.value : String(cell);
  });
}
