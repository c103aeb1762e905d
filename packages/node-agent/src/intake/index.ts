export { type CellReason, cellText } from "./cell.ts";
export type { Encoding } from "./encoding.ts";
export { describeImportFault, type ImportFault } from "./fault.ts";
export { type ImportOptions, type ImportProgress, type ImportReport, importFile } from "./import-file.ts";
export { parseInstant } from "./instant.ts";
export { writeQuarantineReport } from "./quarantine-report.ts";
export { type ColumnFault, rawRow } from "./raw-row.ts";
export { describeReason } from "./reasons.ts";
export type { RowReport } from "./take-batch.ts";
