export { compareCopies, type GroupCompared } from "./compare.ts";
export { type KeptCopies, keepCopies, waitUntil } from "./keep.ts";
export type { CopiesDependencies } from "./port.ts";
export {
  type CopiesReconciled,
  type CopiesRow,
  copiesReconciledSchema,
  reconcileCopies,
} from "./reconcile.ts";
