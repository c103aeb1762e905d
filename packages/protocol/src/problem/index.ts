export { type Code, type CodeEntry, codes, isCode } from "./codes.ts";
export { asResult, type Fault, FaultError, fault } from "./fault.ts";
export {
  type Problem,
  parseProblem,
  problemMediaType,
  problemSchema,
  statusOf,
  toProblem,
} from "./problem.ts";
export { type Remedy, remedyOf } from "./remedies.ts";
