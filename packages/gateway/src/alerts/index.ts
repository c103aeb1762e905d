export {
  type Breadth,
  dayBegin,
  type FactFloors,
  type FirstUse,
  type HourFacts,
  hourMs,
  type Interest,
  type Volume,
} from "./facts.ts";
export { findAlerts, useRules } from "./find.ts";
export type { Finding, RuleContext, UseRule } from "./rule.ts";
export { type Thresholds, thresholdsSchema } from "./thresholds.ts";
export { createUseWatch, type UseWatch } from "./watch.ts";
