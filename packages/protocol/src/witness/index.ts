export {
  cosignatureIn,
  formatHeldSize,
  heldSizeMediaType,
  malformedStatus,
  parseHeldSize,
  statusOf,
} from "./answer.ts";
export { type Evidence, judgeCheckpoint, type WatchedLog, type WitnessJudgement } from "./judge.ts";
export { type AddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from "./request.ts";
