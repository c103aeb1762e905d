export { decideStanding, explainStanding, federationRules, standingRules } from "./chain.ts";
export { type Asked, resolveAsked } from "./resolve.ts";
export {
  type Decision,
  type DisclosureRequest,
  decide,
  explain,
  type Rule,
  type RuleVerdict,
  type StandingRule,
} from "./rule.ts";
export { isDisclosedTo } from "./rules/class-disclosed.ts";
