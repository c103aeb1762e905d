export { type Catch, type HourReport, hourReportSchema } from "./hour-report.ts";
export { createReconciling, keepReconciling, type Reconciling } from "./keep-reconciling.ts";
export type { ReconciledHour, ReconciledHours } from "./port.ts";
export { type ReconcileDependencies, reconcileHour } from "./reconcile-hour.ts";
export { type ShowDependencies, showHours, shownHoursSchema, shownSchema } from "./show-hours.ts";
