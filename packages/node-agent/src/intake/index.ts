export type { Encoding } from "./encoding.ts";
export { describeImportFault, type ImportFault } from "./fault.ts";
export { type ImportOptions, type ImportProgress, type ImportReport, importFile } from "./import-file.ts";
export { type Intake, type IntakeDependencies, openIntake } from "./posted-rows.ts";
export { writeQuarantineReport } from "./quarantine-report.ts";
export { describeReason } from "./reasons.ts";
export { postedSchema, type Receipt, receiptSchema } from "./receipt.ts";
export type { RowReport } from "./take-batch.ts";
export { basisOf, type RowMapping, type RowsDependencies, type StreamRow, takeRows } from "./take-rows.ts";
