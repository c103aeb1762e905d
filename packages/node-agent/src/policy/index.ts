export { nodeRules } from "./node-rules.ts";
