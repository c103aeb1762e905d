export type { KeptReport, MeasureCount, Measures } from "./ports.ts";
export { type GivenReport, type TakeReportDependencies, takeReport } from "./take-report.ts";
