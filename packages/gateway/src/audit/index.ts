export type { AuditingDependencies } from "./auditing.ts";
export type { AuditDependencies, AuditError, AuditRequest } from "./begin.ts";
export { type CheckCaseDependencies, checkCase } from "./check-case.ts";
export { countLog } from "./count-log.ts";
export { type ReadReconciliationsDependencies, readReconciliations } from "./read-reconciliations.ts";
export { acknowledgeAlert, raisedAlert, reviewAlerts } from "./review-alerts.ts";
export { searchLog } from "./search-log.ts";
export { type StateUsesDependencies, stateUses } from "./state-uses.ts";
export { vouchExport } from "./vouch-export.ts";
