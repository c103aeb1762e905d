export { type CriterionOptions, criteriaOf, criterionOptions } from "./criterion-options.ts";
export { type ReconciliationsShown, reconciliationLines } from "./reconciliations-table.ts";
export { type LineSummary, summaryCells, summaryColumns, summaryOf } from "./summary.ts";
