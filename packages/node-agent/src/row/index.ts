export { type CellReason, cellText } from "./cell.ts";
export { type ColumnFault, rawRow } from "./raw-row.ts";
