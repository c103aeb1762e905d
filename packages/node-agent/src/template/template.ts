import type { Item } from "@xinqiao/protocol/catalogue";
import { addDataSheet } from "./data-sheet.ts";
import { addGuideSheet } from "./guide-sheet.ts";
import { addValuesSheet } from "./values-sheet.ts";

/**
 * An item as an Excel file to fill in. What it accepts the agent accepts, but for what no spreadsheet can tell, e.g. an
 * identifier's check character.
 * @param now when it is made, milliseconds since 1970
 */
export async function templateOf(item: Item, catalogueVersion: number, now: number): Promise<Uint8Array> {
  // Loaded when needed: no other command should wait for it.
  const { default: excel } = await import("exceljs");
  const book = new excel.Workbook();
  book.created = new Date(now);
  book.modified = book.created;
  addDataSheet(book, item);
  addGuideSheet(book, item, catalogueVersion);
  addValuesSheet(book, item);
  return new Uint8Array(await book.xlsx.writeBuffer());
}
