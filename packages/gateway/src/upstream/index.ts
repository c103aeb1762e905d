export { createDeadline, type Deadline, type DeadlineEnd } from "../exchange/index.ts";
export { type AskNodeDependencies, createAskNode } from "./ask-node.ts";
export type { BuildAttempt, ReadReply } from "./attempt.ts";
export type { BreakerState } from "./breaker.ts";
export { type FaultKind, type UpstreamFault, upstreamFault } from "./fault.ts";
export { upstreamSettings } from "./settings.ts";
export {
  type Call,
  type CallFault,
  createTarget,
  type Reply,
  type TargetClient,
  type TargetDependencies,
  type TargetSettings,
  type TargetSnapshot,
} from "./target.ts";
export {
  createTargets,
  type Endpoint,
  type Targets,
  type UpstreamSettings,
  upstreamDefaults,
} from "./targets.ts";
export type { AttemptRequest, RawReply } from "./wire.ts";
