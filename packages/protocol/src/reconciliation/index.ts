export {
  type AuditedReconciliation,
  auditedReconciliationSchema,
  type ReconciliationsAnswer,
  type ReconciliationsRequest,
  reconciliationsPage,
  reconciliationsRequestSchema,
  reconciliationsSchema,
} from "./audited.ts";
export {
  type BookEntry,
  type BookSummary,
  bookEntrySchema,
  bookSummarySchema,
  type Side,
  type SideSummary,
  sameSummary,
  sha256Schema,
  sides,
  summarise,
  type What,
  whatSchema,
} from "./book.ts";
export {
  accountsFor,
  compareBooks,
  differencesOf,
  type Explanation,
  type Finding,
  findingSchema,
  hows,
  type Unproven,
  unprovenSchema,
} from "./compare.ts";
export {
  boundsOf,
  type Interval,
  intervalAt,
  intervalSchema,
  isSettled,
  settledIntervals,
  settleSeconds,
} from "./interval.ts";
export {
  type GivenLeaf,
  type LeavesRequest,
  leavesRequestSchema,
  leavesSchema,
  mostLeaves,
  type NamedFinding,
  type Reconciled,
  type Reconciliation,
  reconciledSchema,
  reconciliationSchema,
} from "./message.ts";
export {
  mostFindings,
  openReport,
  openStatement,
  type Report,
  reportSchema,
  type Statement,
  signReport,
  signStatement,
  statedInterval,
  statementSchema,
} from "./statement.ts";
export { refusalDigest, type ToldRow, toldDigest } from "./told.ts";
