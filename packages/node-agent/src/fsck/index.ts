export { type CheckOptions, checkLog, type LogCheck } from "./check.ts";
export { describe, type Finding, type FindingKind } from "./finding.ts";
export { findLog, type LogPlace } from "./source/index.ts";
