export { type ExportedLog, exportLog } from "./export.ts";
export { tileBytes } from "./tile-bytes.ts";
export { writeWhole } from "./write-file.ts";
