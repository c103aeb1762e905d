import { Readable, type Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { csvLine } from "../row/index.ts";
import type { HitsRow } from "./screen-list.ts";

export interface HitsTable {
  readonly columns: readonly string[];
  readonly rows: Iterable<HitsRow>;
}

/** Writes a table as a file for people, as its name says: `.xlsx` for Excel, CSV otherwise. */
export function writeHits(name: string, file: Writable, table: HitsTable): Promise<void> {
  return /\.xlsx$/i.test(name) ? writeWorkbook(file, table) : pipeline(Readable.from(csvLines(table)), file);
}

function* csvLines({ columns, rows }: HitsTable): Generator<string> {
  // Without the mark Excel takes UTF-8 for the machine's own encoding.
  yield `\uFEFF${csvLine(columns)}`;
  for (const row of rows) yield csvLine(row);
}

/** A sheet has room for 1,048,576 rows. */
const mostInSheet = 1_000_000;
const turnRows = 1_000;

/**
 * All cells are text: a person's number is no number, of which Excel keeps fifteen digits. What is not packed yet waits in
 * memory: a million rows take some 800 MB.
 */
async function writeWorkbook(file: Writable, { columns, rows }: HitsTable): Promise<void> {
  const { default: excel } = await import("exceljs");
  const closed = finished(file);
  // Met below: a disk that is full says so at any moment.
  closed.catch(() => undefined);
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: file });
  let [sheet, written] = [workbook.addWorksheet("命中 hits"), 0];
  sheet.addRow([...columns]).commit();
  for (const row of rows) {
    if (file.errored) break;
    if (written > 0 && written % mostInSheet === 0) {
      sheet.commit();
      sheet = workbook.addWorksheet(`命中 hits ${written / mostInSheet + 1}`);
      sheet.addRow([...columns]).commit();
    }
    sheet.addRow([...row]).commit();
    written += 1;
    // What is packed leaves for the file meanwhile.
    if (written % turnRows === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // The writer waits for ever for a file that has failed.
  await Promise.race([closed, workbook.commit()]);
  await closed;
}
