import { Readable } from "node:stream";
import type { CellValue, Row } from "exceljs";
import { cellText } from "../row/index.ts";
import { readSheets } from "./sheet-reader.ts";
import type { SourceRow } from "./source-row.ts";

/** The file is no workbook, or is cut short. */
export class DamagedWorkbook extends Error {}

export interface WorkbookOptions {
  readonly isHeader: (titles: readonly string[]) => boolean;
  /** A sheet that has rows, none of which were read. */
  readonly onIgnoredSheet: (name: string) => void;
}

/**
 * Rows of the first sheet whose first filled row is a header: a sheet of instructions may come before
 * it. When there is none, the first filled row of all, so that its sender can be told about it. Read as
 * a stream; a workbook's table of shared texts is the one thing held in memory.
 */
export async function* readWorkbook(
  parts: AsyncIterable<Uint8Array>,
  options: WorkbookOptions,
): AsyncGenerator<SourceRow> {
  const file = Readable.from(parts, { objectMode: false });
  try {
    yield* chosenRows(file, options);
  } catch (error) {
    throw new DamagedWorkbook("the workbook cannot be read", { cause: error });
  } finally {
    file.destroy();
  }
}

async function* chosenRows(file: Readable, options: WorkbookOptions): AsyncGenerator<SourceRow> {
  let chosen = false;
  let firstHead: SourceRow | undefined;
  for await (const sheet of readSheets(file)) {
    let filled = false;
    let reading = false;
    // Rows of other sheets are read past: leaving a sheet half read would stall those behind it.
    for await (const row of filledRows(sheet)) {
      if (!filled) reading = !chosen && options.isHeader(titlesOf(row.cells));
      filled = true;
      firstHead ??= row;
      if (reading) yield row;
    }
    chosen ||= reading;
    if (filled && !reading) options.onIgnoredSheet(sheet.name);
  }
  if (!chosen && firstHead !== undefined) yield firstHead;
}

type CellRow = Extract<SourceRow, { cells: readonly unknown[] }>;

async function* filledRows(rows: AsyncIterable<Row>): AsyncGenerator<CellRow> {
  for await (const row of rows) {
    const cells = cellsOf(row);
    if (cells.some((cell) => String(cell ?? "").trim() !== "")) yield { line: row.number, cells };
  }
}

function cellsOf({ values }: Row): unknown[] {
  // Places are counted from 1, and places without a cell are holes.
  return Array.isArray(values) ? Array.from(values.slice(1), plainValue) : [];
}

/** What a cell shows: text of any style, a link's words, a formula's result. */
function plainValue(value: CellValue): unknown {
  if (value === null || typeof value !== "object" || value instanceof Date) return value ?? undefined;
  if ("richText" in value) return value.richText.map(({ text }) => text).join("");
  if ("text" in value) return plainValue(value.text);
  if ("error" in value) return Number.NaN;
  if ("formula" in value || "sharedFormula" in value) return plainValue(value.result ?? { error: "#N/A" });
  return value;
}

/** A header row as text; a cell that is none names no column. */
export function titlesOf(cells: readonly unknown[]): string[] {
  return cells.map((cell) => {
    const text = cellText(cell);
    return text.ok ? text.value : "";
  });
}
