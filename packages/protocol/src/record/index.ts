export { type CreditRecord, daySchema, recordSchema, recordStates } from "./record.ts";
