export { compareCopies, type GroupCompared } from "./compare.ts";
export type { CopiesDependencies } from "./port.ts";
export { type CopiesReconciled, type CopiesRow, reconcileCopies } from "./reconcile.ts";
