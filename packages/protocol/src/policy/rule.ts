import type { PresentedAuthorisation } from "../authorisation/index.ts";
import type { Item, Purpose } from "../catalogue/index.ts";
import type { Jurisdiction, SubjectKind } from "../identity/index.ts";
import type { Fault } from "../problem/index.ts";
import type { Member, RegistryStanding } from "../registry/index.ts";

/** Everything a disclosure decision may look at. Already parsed and resolved; holds no identifier. */
export interface DisclosureRequest {
  readonly requester: Member;
  readonly subjectKind: SubjectKind;
  readonly items: readonly Item[];
  readonly purpose: Purpose;
  readonly jurisdictions: readonly Jurisdiction[];
  /** Whether the cities have agreed that the requester may ask there for this purpose. */
  readonly agreed: (jurisdiction: Jurisdiction) => boolean;
  /** The subject's authorisation, when the question comes with one. */
  readonly authorisation?: PresentedAuthorisation | undefined;
  /** The decider's calendar day, `YYYY-MM-DD`. */
  readonly today: string;
  /** How good the registry held still is, by a grace of the purpose's own where it has one. */
  readonly standing: (graceSeconds?: number) => RegistryStanding;
}

/** One pure rule: the fault that refuses the request, or nothing. `Request` is what it needs to know. */
export interface Rule<Request = DisclosureRequest> {
  readonly name: string;
  check(request: Request): Fault | undefined;
}

/** Who asks, and nothing of what. */
export type Standing = Pick<DisclosureRequest, "requester">;

/** A rule about who asks, whatever is asked. */
export type StandingRule = Rule<Standing>;

/** A refusal is a decision like any other: returned, signed and logged. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly rule: string; readonly fault: Fault };

/** What one rule says of a request. */
export interface RuleVerdict {
  readonly rule: string;
  /** Absent: it does not object. */
  readonly fault?: Fault;
}

/** What every rule of a chain says, beyond the first that objects: to explain a decision, not to make one. */
export function explain<Request>(rules: readonly Rule<Request>[], request: Request): readonly RuleVerdict[] {
  return rules.map(({ name, check }) => {
    const fault = check(request);
    return { rule: name, ...(fault !== undefined && { fault }) };
  });
}

/** The first rule that objects decides; the order of the chain is the order of the law. */
export function decide<Request>(rules: readonly Rule<Request>[], request: Request): Decision {
  for (const rule of rules) {
    const fault = rule.check(request);
    if (fault !== undefined) return { allowed: false, rule: rule.name, fault };
  }
  return { allowed: true };
}
