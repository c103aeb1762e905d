export type { UnreadableStore } from "./database.ts";
export type {
  ImportCounts,
  ImportSession,
  IncomingFile,
  QuarantinedRow,
  RowReason,
  RowTrace,
} from "./import-session.ts";
export type { ImportSummary, Imports, OpenGap } from "./imports.ts";
export type { SubjectKey } from "./records.ts";
export { rowStates, type SaidState } from "./row-states.ts";
export {
  type AgentStore,
  type Held,
  openStore,
  openStoreToChange,
  openStoreToRead,
  type StoreToRead,
} from "./store.ts";
export { type KeptRow, noCounts, type RowChange, type StreamBatch } from "./stream-rows.ts";
export type { StreamStanding, Streams } from "./streams.ts";
export { type OpenedWitnessBook, openWitnessBook } from "./witness-book.ts";
