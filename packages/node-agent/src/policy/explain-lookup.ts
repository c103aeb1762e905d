import type { Authorisation } from "@xinqiao/protocol/authorisation";
import type { Catalogue, Item } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction, NodeId, SubjectKind } from "@xinqiao/protocol/identity";
import {
  type Asked,
  type DisclosureRequest,
  explain,
  explainStanding,
  federationRules,
  type Rule,
  type RuleVerdict,
  resolveAsked,
  standingRules,
} from "@xinqiao/protocol/policy";
import { fault } from "@xinqiao/protocol/problem";
import type { Directory } from "@xinqiao/protocol/registry";

/** A lookup that nobody makes: without a subject's identifier, because no rule looks at one. */
export interface HypotheticalLookup extends Asked {
  readonly requester: NodeId;
  readonly subjectKind: SubjectKind;
  readonly jurisdictions: "all" | readonly Jurisdiction[];
  /** As if it came with the subject's authorisation for just this. */
  readonly authorised?: boolean;
}

/** What the decision about it goes by. */
export interface Knowledge extends Pick<DisclosureRequest, "today" | "standing"> {
  readonly directory: Directory;
  readonly catalogue: Catalogue;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One step of the decision, in the order it is made. */
export interface PolicyStep extends RuleVerdict {
  /** Who decides it: the federation's rules are the city's and every node's; others are this node's own. */
  readonly by: "federation" | "node";
}

/**
 * Every step of the decision about a lookup, and what each says; the first with a fault is what it would be refused
 * for. Steps behind one that leaves nothing to look at are not reached, and left out.
 * @param own this node's own rules, behind the federation's
 */
export function explainLookup(
  lookup: HypotheticalLookup,
  { directory, catalogue, today, now, standing }: Knowledge,
  own: readonly Rule[],
): readonly PolicyStep[] {
  const step = (verdict: RuleVerdict, by: PolicyStep["by"] = "federation"): PolicyStep => ({
    ...verdict,
    by,
  });
  const requester = directory.member(lookup.requester);
  if (requester === undefined) {
    return [step({ rule: "requester-known", fault: fault("policy.member-not-active") })];
  }
  const about = explainStanding(requester);
  const known = [step({ rule: "requester-known" }), ...about.map((verdict) => step(verdict))];
  const asked = resolveAsked(lookup, catalogue);
  if (!asked.ok) return [...known, step({ rule: "catalogue-knows", fault: asked.error })];
  const jurisdictions = lookup.jurisdictions === "all" ? directory.jurisdictions() : lookup.jurisdictions;
  const unanswered = jurisdictions.some((jurisdiction) => directory.answering(jurisdiction) === undefined);
  const places = unanswered ? { fault: fault("lookup.jurisdiction-unknown") } : {};
  const authorisation = lookup.authorised
    ? { authorisation: authorisationFor(lookup, asked.value.items) }
    : undefined;
  const request = {
    requester,
    subjectKind: lookup.subjectKind,
    ...asked.value,
    jurisdictions,
    agreed: (jurisdiction: Jurisdiction) => directory.agreed(requester, jurisdiction, lookup.purpose, now),
    authorisation,
    today,
    standing,
  };
  const rest = federationRules.filter((rule) => !standingRules.some(({ name }) => name === rule.name));
  return [
    ...known,
    step({ rule: "catalogue-knows" }),
    step({ rule: "jurisdictions-answered", ...places }),
    ...explain(rest, request).map((verdict) => step(verdict)),
    ...explain(own, request).map((verdict) => step(verdict, "node")),
  ];
}

/** One that nobody gave: of nobody, and for exactly what is asked. */
function authorisationFor({ requester, purpose }: HypotheticalLookup, items: readonly Item[]): Authorisation {
  const nothing = "";
  return {
    iss: requester,
    jti: nothing,
    sub: nothing,
    aud: requester,
    purpose,
    items: items.map(({ code }) => code),
    iat: 0,
    exp: 0,
    uses: 1,
    proof: { method: "counter", reference: nothing },
  };
}
