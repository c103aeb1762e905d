export { findLog, type LogPlace, openSource } from "./open.ts";
export type { Hashes, KeptNote, LogSource, Overview } from "./port.ts";
