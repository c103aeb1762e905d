export { type CellReason, cellText } from "./cell.ts";
export { csvLine, defused } from "./csv-line.ts";
export { type ColumnFault, rawRow } from "./raw-row.ts";
