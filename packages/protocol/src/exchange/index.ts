export {
  type Answer,
  answerSchema,
  type Gap,
  gapSchema,
  gapTexts,
  type Refusal,
  refusalSchema,
} from "./answer.ts";
export {
  answerLifetimeSeconds,
  answerMediaType,
  answerType,
  type Expected,
  openAnswer,
  openSignedAnswer,
  signAnswer,
} from "./answer-jws.ts";
export { type AnswerTerms, disclosesOnly } from "./asked-records.ts";
export { type Disclosing, disclosed } from "./disclosed.ts";
export {
  type Exchange,
  exchangeSchema,
  isComplete,
  isCopied,
  isStale,
  type LogReference,
  logReferenceSchema,
  type OpenedExchange,
  openedExchangeSchema,
  type ResultRow,
  type RowStatus,
  resultRowSchema,
  rowStatuses,
} from "./exchange.ts";
export { explainRow, nodeOfRow } from "./explain-row.ts";
export { deadlineMs, type Lookup, lookupSchema, type Question, questionSchema } from "./lookup.ts";
export { mustBeSealed, sealedBlockBytes, sealedType, sealRecords, unseal } from "./sealed.ts";
