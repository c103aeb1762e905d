export type { CaseError } from "./next-step.ts";
export type {
  CaseBook,
  CaseNews,
  CasePlace,
  Finding,
  KeptCase,
  OverdueCase,
  PendingCheck,
  TakenStep,
} from "./ports.ts";
export { type ReadCasesDependencies, readCases } from "./read-cases.ts";
export { type SayDueDependencies, sayDue } from "./say-due.ts";
export { type TakeCaseStepDependencies, takeCaseStep } from "./take-case-step.ts";
