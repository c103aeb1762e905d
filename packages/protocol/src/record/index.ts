export { isDisclosable, isGone } from "./disclosure.ts";
export {
  type Dispute,
  disputeKinds,
  disputeSchema,
  type RecordDispute,
  shownDisputes,
} from "./dispute.ts";
export { identifyRow, type RowContext, type RowIdentity, recordFromRow } from "./from-row.ts";
export { type CreditRecord, daySchema, recordLengths, recordSchema, recordStates } from "./record.ts";
