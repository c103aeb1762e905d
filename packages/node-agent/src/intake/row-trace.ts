import type { Item } from "@xinqiao/protocol/catalogue";
import { identifyRow } from "@xinqiao/protocol/record";
import { cellText, rawRow } from "../row/index.ts";
import type { RowTrace } from "../store/index.ts";
import type { Header } from "./header.ts";
import { cellsOf, type IntakeContext } from "./row-record.ts";
import type { SourceRow } from "./source-row.ts";

/** How files write that there is none. */
const nothing = new Set(["", "/", "-", "无"]);

/**
 * Whom a row that is kept back is about, and which record it would have been, as far as it can be read: by the
 * first identifier that it gives. One that is wrong is never a reason to try the next: a row without a valid
 * identifier is nobody's.
 */
export function traceRow(
  row: SourceRow,
  { item, places }: Header,
  context: IntakeContext,
): RowTrace | undefined {
  if ("reason" in row) return undefined;
  const cellOf = cellsOf(row, places);
  const trace = (columns: readonly string[]): RowTrace | undefined => {
    const part = narrowed(item, columns);
    const raw = rawRow(part, cellOf);
    if (raw.faults.length > 0) return undefined;
    const identified = identifyRow(part, raw.row, context);
    return identified.ok ? identified.value : undefined;
  };
  const { uscc, citizenId, registrationNumber, documentNumber } = item.columns;
  const given = [uscc, citizenId, registrationNumber].find(
    (column): column is string => column !== undefined && !isNothing(cellOf(column)),
  );
  return given === undefined ? undefined : (trace([given, documentNumber]) ?? trace([given]));
}

function isNothing(cell: unknown): boolean {
  const text = cellText(cell);
  return text.ok && nothing.has(text.value.trim());
}

function narrowed(item: Item, columns: readonly string[]): Item {
  return { ...item, fields: item.fields.filter(({ name }) => columns.includes(name)) };
}
