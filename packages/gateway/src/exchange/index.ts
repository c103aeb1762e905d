export { type Company, createCompany, type Seat } from "./company.ts";
export { createDeadline, type Deadline, type DeadlineEnd } from "./deadline.ts";
export { type LookUpDependencies, lookUp } from "./look-up.ts";
export type {
  AnswerFromCopy,
  AskNode,
  AuthenticatedLookup,
  TargetQuestion,
  VerifiedAnswer,
} from "./ports.ts";
