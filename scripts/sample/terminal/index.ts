export { createProgress, type Progress, type Screen, type Step, silentProgress } from "@xinqiao/runtime/cli";
export { exchangeTable } from "./exchange-table.ts";
export { intakeTables } from "./intake-table.ts";
