export { type CopyDependencies, createAnswerFromCopy } from "./answer-from-copy.ts";
export {
  type BlankTerms,
  type Compaction,
  compactSharing,
  type EndedPlace,
} from "./compact.ts";
export { type Completing, createCompleting } from "./complete.ts";
export type {
  DeadLetter,
  DeadLetters,
  LetterChoice,
  LetterCount,
  RefusedRecord,
} from "./dead-letters.ts";
export { contentOf } from "./judge.ts";
export { createOneWait, type UntilTaken } from "./one-wait.ts";
export { createPackedPages, type PackPage } from "./packed-pages.ts";
export type {
  Acknowledged,
  CorrectionBook,
  DisputedRecord,
  HeldVersion,
  Hub,
  KeptLine,
  KeptPage,
  KeptReceipt,
  LoggedPage,
  OpenedCorrection,
  PageToSweep,
  PageToTake,
  Places,
  Reading,
  ReadingScope,
  SubjectKey,
  Subscriber,
  TakenChange,
  Told,
  VersionBefore,
} from "./ports.ts";
export { type ReadChangesDependencies, readChanges } from "./read-changes.ts";
export { readCorrections } from "./read-corrections.ts";
export type { Attendance, SharingStanding } from "./standing.ts";
export { type TakePageDependencies, takePage } from "./take-page.ts";
export { createTakenSignal, type TakenSignal } from "./taken-signal.ts";
export { noteCompared, tellDigests } from "./tell-digests.ts";
export { createDisputedFor, type DisputedFor } from "./tell-disputed.ts";
export { createTrustedCopy, type TrustedCopy } from "./trusted-copy.ts";
export { createTurns, type Turns } from "./turns.ts";
