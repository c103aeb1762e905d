import type { CheckCaseDependencies } from "./check-case.ts";
import type { ReadReconciliationsDependencies } from "./read-reconciliations.ts";
import type { StateUsesDependencies } from "./state-uses.ts";

/** What everything needs that is asked of the log. */
export interface AuditingDependencies
  extends StateUsesDependencies,
    ReadReconciliationsDependencies,
    CheckCaseDependencies {
  readonly source: CheckCaseDependencies["source"];
}
