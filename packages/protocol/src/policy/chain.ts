import type { Member } from "../registry/index.ts";
import {
  type Decision,
  decide,
  explain,
  type Rule,
  type RuleVerdict,
  type Standing,
  type StandingRule,
} from "./rule.ts";
import { agreementInForce } from "./rules/agreement-in-force.ts";
import { authorisationGiven } from "./rules/authorisation-given.ts";
import { classDisclosed } from "./rules/class-disclosed.ts";
import { itemsInScope } from "./rules/items-in-scope.ts";
import { memberActive } from "./rules/member-active.ts";
import { purposeCoversItems } from "./rules/purpose-covers-items.ts";
import { purposeCoversJurisdictions } from "./rules/purpose-covers-jurisdictions.ts";
import { purposeGranted } from "./rules/purpose-granted.ts";
import { purposeLive } from "./rules/purpose-live.ts";
import { registryFresh } from "./rules/registry-fresh.ts";
import { roleMayAsk } from "./rules/role-may-ask.ts";
import { subjectKindCovered } from "./rules/subject-kind-covered.ts";

/** Who may ask at all: decided before anything of the question is looked up, so that nobody else can probe it. */
export const standingRules: readonly StandingRule[] = [memberActive, roleMayAsk];

/**
 * The rules every node of the federation applies, in the order of a disclosure decision: standing and
 * scope → catalogue class → purpose and legal basis → authorisation. The gateway runs them once and
 * each answering node runs them again for itself, with rules of its own behind them.
 */
export const federationRules: readonly Rule[] = [
  ...standingRules,
  itemsInScope,
  classDisclosed,
  purposeLive,
  registryFresh,
  purposeGranted,
  purposeCoversItems,
  subjectKindCovered,
  purposeCoversJurisdictions,
  agreementInForce,
  authorisationGiven,
];

/** Whether somebody may ask at all. */
export const decideStanding = (requester: Member): Decision => decide<Standing>(standingRules, { requester });

/** What the same rules say one by one. */
export const explainStanding = (requester: Member): readonly RuleVerdict[] =>
  explain<Standing>(standingRules, { requester });
