export { createProgress, type Progress, type Screen, type Step, silentProgress } from "@xinqiao/runtime/cli";
export { exchangeTable } from "@xinqiao/runtime/exchange";
export { intakeTables } from "./intake-table.ts";
