export { federationRules } from "./chain.ts";
export { type Asked, resolveAsked } from "./resolve.ts";
export { type Decision, type DisclosureRequest, decide, type Rule } from "./rule.ts";
