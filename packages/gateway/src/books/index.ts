export { type BookReader, createBookReader } from "./book-reader.ts";
export { giveLeaves } from "./give-leaves.ts";
export type { KeptReconciliation, LoggedEntries, LoggedEntry, Reconciliations, Summaries } from "./ports.ts";
export {
  type Compared,
  type ReconcileDependencies,
  type ReconcileError,
  type ReconciliationRequest,
  reconcile,
} from "./reconcile.ts";
