export type { Batches, NamedBatch } from "./batches.ts";
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
export type { Rounds } from "./rounds.ts";
export { rowStates, type SaidState } from "./row-states.ts";
export { type AgentStore, type Held, openStore } from "./store.ts";
export {
  type KeptRow,
  noCounts,
  type RowChange,
  type StreamBatch,
  type Streams,
  type StreamTaken,
} from "./streams.ts";
export { type OpenedWitnessBook, openWitnessBook } from "./witness-book.ts";
