export { type ExportedLog, exportLog } from "./export.ts";
export { tileBytes } from "./tile-bytes.ts";
