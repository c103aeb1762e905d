import type { Catalogue, Purpose } from "../catalogue/index.ts";
import { mustBeSealed } from "../exchange/index.ts";
import { type Jurisdiction, type NodeId, parseSubject } from "../identity/index.ts";
import { decide, decideStanding, type Rule, resolveAsked } from "../policy/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import type { Directory, Member, RegistryStanding } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { mayHoldItem } from "../sync/index.ts";
import type { Matter, ToldRecord } from "./hit.ts";
import type { Screening } from "./screening.ts";

/** What a screening is decided by, whoever answers it. */
export interface PlanDependencies {
  readonly directory: () => Pick<Directory, "jurisdictions" | "answering" | "agreed">;
  readonly catalogue: () => Catalogue;
  readonly rules: readonly Rule[];
  readonly identifierExceptions: ReadonlySet<string>;
  readonly standing: (graceSeconds?: number) => RegistryStanding;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly today: () => string;
}

/** What a screening that is allowed may look through. */
export interface ScreeningPlan extends Matter {
  readonly jurisdictions: ReadonlySet<Jurisdiction>;
  /** Active members that answer for them: a lookup would ask these and no others. */
  readonly sources: ReadonlySet<NodeId>;
}

/** By the same rules as a lookup for that purpose, and no further than it; of nothing that the member might not hold a copy of. */
export function planScreening(
  screening: Screening,
  requester: Member,
  deps: PlanDependencies,
): Result<ScreeningPlan, Fault> {
  const standing = decideStanding(requester);
  if (!standing.allowed) return err(standing.fault);
  const catalogue = deps.catalogue();
  const { purpose: code, items: named } = screening;
  const asked = resolveAsked(
    { purpose: code, items: named ?? catalogue.purposes.get(code)?.items },
    catalogue,
  );
  if (!asked.ok) return asked;
  const { items, purpose } = asked.value;
  if (mustBeSealed(items, purpose)) return err(fault("screening.must-be-sealed"));
  // What may be asked only so often is asked one by one.
  if (requester.scope.quotas?.some((quota) => quota.purpose === code)) return err(fault("screening.quota"));
  if (!items.every((item) => mayHoldItem(requester, { item: item.code }, catalogue))) {
    return err(fault("screening.not-shared"));
  }
  const invalid = invalidSubject(screening, deps.identifierExceptions);
  if (invalid !== undefined) return err(fault("screening.subject-invalid", undefined, { subject: invalid }));
  const jurisdictions = reachOf(requester, purpose, deps);
  const today = deps.today();
  const asking = {
    requester,
    items,
    purpose,
    jurisdictions,
    agreed: () => true,
    today,
    standing: deps.standing,
  };
  for (const subjectKind of new Set(screening.subjects.map(({ kind }) => kind))) {
    const decision = decide(deps.rules, { ...asking, subjectKind });
    if (!decision.allowed) return err(decision.fault);
  }
  const reach = { jurisdictions: new Set(jurisdictions), sources: sourcesFor(jurisdictions, deps) };
  return ok({ items: items.map((item) => item.code), purpose, catalogue, today, ...reach });
}

/** Whether a lookup would have reached such a record. */
export function isWithin(
  { jurisdictions, sources }: Pick<ScreeningPlan, "jurisdictions" | "sources">,
  { source, record }: ToldRecord,
): boolean {
  return jurisdictions.has(record.jurisdiction) && sources.has(source);
}

/** Where a lookup for this purpose would reach: a screening says nothing of the others. */
function reachOf(
  requester: Member,
  { code, jurisdictions }: Purpose,
  { directory, now }: PlanDependencies,
): readonly Jurisdiction[] {
  const known = directory();
  return known
    .jurisdictions()
    .filter((jurisdiction) => jurisdictions === "all" || jurisdictions.includes(jurisdiction))
    .filter((jurisdiction) => known.agreed(requester, jurisdiction, code, now()));
}

function sourcesFor(
  jurisdictions: readonly Jurisdiction[],
  { directory }: PlanDependencies,
): ReadonlySet<NodeId> {
  const answering = jurisdictions.flatMap((each) => directory().answering(each) ?? []);
  return new Set(answering.filter(({ status }) => status === "active").map(({ node }) => node));
}

function invalidSubject({ subjects }: Screening, exceptions: ReadonlySet<string>): number | undefined {
  const at = subjects.findIndex((subject) => !parseSubject(subject, { exceptions }).ok);
  return at < 0 ? undefined : at;
}
