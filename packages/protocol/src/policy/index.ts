export { federationRules, standingRules } from "./chain.ts";
export { type Asked, resolveAsked } from "./resolve.ts";
export { type Decision, type DisclosureRequest, decide, type Rule, type StandingRule } from "./rule.ts";
