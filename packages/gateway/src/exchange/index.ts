export { createDeadline, type Deadline, type DeadlineEnd } from "./deadline.ts";
export { type AuthenticatedLookup, type LookUpDependencies, lookUp } from "./look-up.ts";
export type { AskNode, TargetQuestion, VerifiedAnswer } from "./ports.ts";
