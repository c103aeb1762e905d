export { createEntriesRoot } from "./entries-root.ts";
export { type ExportFinding, sha256Of, verifyExport } from "./verify.ts";
export { type LineWriter, lineWriters } from "./writers.ts";
