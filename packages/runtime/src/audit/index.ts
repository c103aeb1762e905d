export { type CriterionOptions, criteriaOf, criterionOptions } from "./criterion-options.ts";
export { type ReconciliationsShown, reconciliationTables } from "./reconciliations-table.ts";
export { shownCells, shownOutcome, shownTable, shownTime, shownTitles, timeTitle } from "./shown.ts";
export { type LineSummary, summaryCells, summaryColumns, summaryOf } from "./summary.ts";
export { type HeldVersions, unknownNamed } from "./unknown-named.ts";
