export { dayBegin, type FactFloors, type HourFacts, hourMs, type Volume } from "./facts.ts";
export { thresholdsSchema } from "./thresholds.ts";
export { createUseWatch } from "./watch.ts";
