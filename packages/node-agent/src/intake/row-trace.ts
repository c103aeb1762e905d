import type { Item } from "@xinqiao/protocol/catalogue";
import { identifyRow } from "@xinqiao/protocol/record";
import { rawRow } from "../row/index.ts";
import type { RowTrace } from "../store/index.ts";
import type { Header } from "./header.ts";
import { cellsOf, type IntakeContext } from "./row-record.ts";
import type { SourceRow } from "./source-row.ts";

/**
 * Whom a row that is kept back is about, and which record it would have been, as far as it can be read: by the
 * first of its identifiers that is valid. A row without one is nobody's: nothing is attached to anyone by guessing.
 */
export function traceRow(
  row: SourceRow,
  { item, places }: Header,
  context: IntakeContext,
): RowTrace | undefined {
  if ("reason" in row) return undefined;
  const identifiers = [item.columns.uscc, item.columns.citizenId, item.columns.registrationNumber];
  const cellOf = cellsOf(row, places);
  const trace = (columns: readonly string[]): RowTrace | undefined => {
    const part = narrowed(item, columns);
    const raw = rawRow(part, cellOf);
    if (!raw.ok) return undefined;
    const identified = identifyRow(part, raw.value, context);
    return identified.ok ? identified.value : undefined;
  };
  for (const identifier of identifiers.filter((column) => column !== undefined)) {
    const traced = trace([identifier, item.columns.documentNumber]) ?? trace([identifier]);
    if (traced !== undefined) return traced;
  }
  return undefined;
}

function narrowed(item: Item, columns: readonly string[]): Item {
  return { ...item, fields: item.fields.filter(({ name }) => columns.includes(name)) };
}
