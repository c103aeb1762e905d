export { isDisclosable } from "./disclosure.ts";
export { type RowContext, recordFromRow } from "./from-row.ts";
export { type CreditRecord, daySchema, recordSchema, recordStates } from "./record.ts";
