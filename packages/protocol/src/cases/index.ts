export { type CaseCalendar, type CaseTerms, caseTermsSchema, type Due, dueOf, termsOn } from "./due.ts";
export {
  type CaseOutcome,
  type CaseStep,
  caseKinds,
  caseOutcomes,
  caseStepSchema,
  openCaseStep,
  signCaseStep,
} from "./step.ts";
export { type Case, isDisputed, type StepRefusal, takeStep } from "./take-step.ts";
