export { type Asking, createAsking } from "./ask-revocations.ts";
export { type RevocationRule, revocationDueOn, revocationRuleSchema, usualRevocationRules } from "./due.ts";
export type { KeptReport, MeasureCount, Measures, OpenRevocation, Revocation, Revocations } from "./ports.ts";
export {
  type ReadRevocationsDependencies,
  type ReadRevocationsError,
  readRevocations,
} from "./read-revocations.ts";
export { type TakeAnswerDependencies, takeAnswer } from "./take-answer.ts";
export { type GivenReport, type TakeReportDependencies, takeReport } from "./take-report.ts";
