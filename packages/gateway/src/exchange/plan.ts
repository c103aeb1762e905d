import {
  type Authorisation,
  itemsToAuthorise,
  type PresentedAuthorisation,
  presentAuthorisation,
} from "@xinqiao/protocol/authorisation";
import type { Catalogue, Item, Purpose } from "@xinqiao/protocol/catalogue";
import type { Lookup } from "@xinqiao/protocol/exchange";
import { parseSubject } from "@xinqiao/protocol/identity";
import { type Decision, decide, decideStanding, type Rule, resolveAsked } from "@xinqiao/protocol/policy";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Directory, RegistryStanding } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AuthenticatedLookup } from "./ports.ts";
import { pickTargets, type Target } from "./targets.ts";

/** A lookup that may go ahead: resolved against catalogue and members, and allowed by every rule. */
export interface Plan {
  readonly items: readonly Item[];
  readonly purpose: Purpose;
  readonly targets: readonly Target[];
  /** The subject's, when this lookup needs one. */
  readonly authorisation?: Authorisation;
}

export interface Refused {
  readonly rule: string;
  readonly fault: Fault;
  /** The one that came with it, when its signature held. */
  readonly authorisation?: Authorisation;
}

export interface PlanDependencies {
  readonly directory: () => Directory;
  readonly rules: readonly Rule[];
  /** Identifiers really issued with a wrong check character: the operator's list. */
  readonly identifierExceptions: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
  readonly standing: (graceSeconds?: number) => RegistryStanding;
}

/**
 * Standing first: who may not ask at all learns nothing of catalogue or members by asking.
 * @param catalogue the version this lookup is decided by, to its end
 */
export function makePlan(
  { lookup, requester }: AuthenticatedLookup,
  catalogue: Catalogue,
  deps: PlanDependencies,
): Result<Plan, Refused> {
  const standing = decideStanding(requester);
  if (!standing.allowed) return refusedBy(standing);
  const subject = parseSubject(lookup.subject, { exceptions: deps.identifierExceptions });
  if (!subject.ok) return refused(subject.error);
  const asked = resolveAsked(lookup, catalogue);
  if (!asked.ok) return refused(asked.error);
  const targets = pickTargets(lookup.jurisdictions, deps.directory());
  if (!targets.ok) return refused(targets.error);
  const presented = present(lookup, deps);
  const decision = decide(deps.rules, {
    requester,
    subjectKind: lookup.subject.kind,
    ...asked.value,
    jurisdictions: targets.value.map(({ jurisdiction }) => jurisdiction),
    agreed: (jurisdiction) => deps.directory().agreed(requester, jurisdiction, lookup.purpose, deps.now()),
    authorisation: presented,
    today: deps.today(),
    standing: deps.standing,
  });
  const authorisation = itemsToAuthorise(asked.value).length > 0 ? presented?.authorisation : undefined;
  const named = authorisation && { authorisation };
  if (!decision.allowed) return refusedBy(decision, named);
  return ok({ ...asked.value, targets: targets.value, ...named });
}

function present(
  { authorisation, subject }: Lookup,
  { directory, now }: PlanDependencies,
): PresentedAuthorisation | undefined {
  return (
    authorisation && presentAuthorisation(authorisation, { subject, directory: directory(), now: now() })
  );
}

const refusedBy = (
  { rule, fault }: Extract<Decision, { allowed: false }>,
  named: Pick<Refused, "authorisation"> = {},
) => err({ rule, fault, ...named });

/** No rule of policy: the question itself cannot be put. */
const refused = (fault: Fault) => err({ rule: fault.code.split(".")[0] ?? "", fault });
