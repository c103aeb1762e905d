export { isDisclosable } from "./disclosure.ts";
export { identifyRow, type RowContext, type RowIdentity, recordFromRow } from "./from-row.ts";
export { type CreditRecord, daySchema, recordSchema, recordStates } from "./record.ts";
