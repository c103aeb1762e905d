export { type CellReason, cellText } from "./cell.ts";
export { csvLine, defused } from "./csv-line.ts";
export { type ColumnFault, rawRow, recordFromCells } from "./raw-row.ts";
