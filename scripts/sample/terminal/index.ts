export { exchangeTable } from "./exchange-table.ts";
export { intakeTables } from "./intake-table.ts";
export { createProgress, type Progress, type Screen, type Step, silentProgress } from "./progress.ts";
