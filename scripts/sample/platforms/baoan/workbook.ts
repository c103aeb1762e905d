import type { Item } from "@xinqiao/protocol/catalogue";
import ExcelJS from "exceljs";
import type { RowFile } from "./row-file.ts";

/** One sheet of text cells under a row of column names, as offices' Excel exports are. Written as a stream. */
export function createWorkbook(path: string, item: Item): RowFile {
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path });
  const sheet = workbook.addWorksheet(item.name.zh);
  const columns = item.fields.map(({ name }) => name);
  sheet.addRow(columns).commit();
  return {
    write: (row) => sheet.addRow(columns.map((column) => row[column] ?? "")).commit(),
    close: () => workbook.commit(),
  };
}
