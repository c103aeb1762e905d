export { explainLookup, type HypotheticalLookup, type Knowledge, type PolicyStep } from "./explain-lookup.ts";
export { nodeRules, ownRules } from "./node-rules.ts";
export { requesterCanUnseal, sealingKey } from "./sealing-key.ts";
