export type {
  ImportCounts,
  ImportSession,
  ImportSummary,
  Imports,
  IncomingFile,
  OpenGap,
  QuarantinedRow,
  RowReason,
  RowTrace,
  Taken,
} from "./imports.ts";
export type { SubjectKey } from "./records.ts";
export { type AgentStore, type Held, openStore } from "./store.ts";
export { type OpenedWitnessBook, openWitnessBook } from "./witness-book.ts";
