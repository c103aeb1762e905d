export {
  type CaseCalendar,
  type CaseTerms,
  caseTermsSchema,
  type Due,
  dueOf,
  officialCaseTerms,
  termsOn,
} from "./due.ts";
export { openCase, readCase } from "./open-case.ts";
export {
  type CaseOutcome,
  type CaseStep,
  caseKinds,
  caseOutcomes,
  caseStepNames,
  caseStepSchema,
  openCaseStep,
  readCaseStep,
  signCaseStep,
  stepHash,
} from "./step.ts";
export { type Case, isDisputed, refusalCodes, type StepRefusal, takeStep } from "./take-step.ts";
export {
  type CaseDecision,
  type CaseDelivery,
  type CaseOpening,
  type CaseReply,
  type CaseStepMessage,
  type CasesRead,
  caseDecisionSchema,
  caseDeliverySchema,
  caseExtensionSchema,
  caseLogSchema,
  caseOpeningSchema,
  caseReplySchema,
  caseStepMessageSchema,
  casesReadSchema,
  type DeliveredCase,
  mostCases,
  type ShownCase,
  shownCaseSchema,
  shownCasesSchema,
} from "./wire.ts";
