import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { mustBeSealed } from "@xinqiao/protocol/exchange";
import { type Jurisdiction, type NodeId, parseSubject, subjectText } from "@xinqiao/protocol/identity";
import { decide, decideStanding, type Rule, resolveAsked } from "@xinqiao/protocol/policy";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member, RegistryStanding } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type Hit,
  hitsOf,
  type Matter,
  type Screening,
  type ScreeningReply,
} from "@xinqiao/protocol/screening";
import { mayHold } from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { GivenRecords, ToldRecords } from "./ports.ts";

export interface ScreenDependencies {
  readonly told: ToldRecords;
  readonly given: Pick<GivenRecords, "give">;
  /** Resolves when what was written down as given is on the disk. */
  readonly durable: () => Promise<void>;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly rules: readonly Rule[];
  readonly identifierExceptions: ReadonlySet<string>;
  readonly standing: (graceSeconds?: number) => RegistryStanding;
  readonly log: Pick<AuditLog, "append" | "origin">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly today: () => string;
}

export interface AuthenticatedScreening {
  readonly screening: Screening;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

export type ScreenError = { readonly refused: Fault } | { readonly failed: AppendError };

interface Plan extends Matter {
  readonly jurisdictions: ReadonlySet<Jurisdiction>;
  /** Active members that answer for them: a lookup would ask these and no others. */
  readonly sources: ReadonlySet<NodeId>;
}

/** Subjects looked up in one turn of the event loop. */
const atOnce = 100;

/**
 * Which of many subjects are listed, from what members have told, and what that means for this matter. By the same rules
 * as a lookup, of nothing that the member might not hold a copy of; in the log before it is answered (PR-SYNC §6).
 */
export async function screen(
  request: AuthenticatedScreening,
  deps: ScreenDependencies,
): Promise<Result<ScreeningReply, ScreenError>> {
  const { screening, member, requestId, traceId, claim } = request;
  const plan = makePlan(request, deps);
  if (!plan.ok) return err({ refused: plan.error });
  const hits = await findHits(screening, plan.value, deps.told);
  const { items, purpose } = plan.value;
  const logged = await deps.log.append(
    {
      kind: "screening.answered",
      exchange: requestId,
      actor: member.node,
      traceId,
      purpose: purpose.code,
      items,
      subjects: screening.subjects.length,
      hits: new Set(hits.map(({ subject }) => subject)).size,
      private: { subjects: digestOf(screening) },
    },
    claim,
  );
  if (!logged.ok) return err({ failed: logged.error });
  await noteGiven(hits, requestId, deps);
  const { index, size, root } = logged.value;
  return ok({
    exchange: requestId,
    screened: screening.subjects.length,
    hits,
    sources: deps.told
      .tellers()
      .filter(({ node }) => plan.value.sources.has(node))
      .map(({ node, at }) => ({ node, asOf: new Date(at).toISOString() })),
    log: { origin: deps.log.origin, index, size, root },
  });
}

function makePlan(
  { screening, member: requester }: AuthenticatedScreening,
  deps: ScreenDependencies,
): Result<Plan, Fault> {
  const standing = decideStanding(requester);
  if (!standing.allowed) return err(standing.fault);
  const catalogue = deps.catalogue();
  const { purpose: code, items: named } = screening;
  const listed = catalogue.purposes.get(code);
  const asked = resolveAsked({ purpose: code, items: named ?? listed?.items }, catalogue);
  if (!asked.ok) return asked;
  const { items, purpose } = asked.value;
  if (mustBeSealed(items, purpose)) return err(fault("screening.must-be-sealed"));
  // What may be asked only so often is asked one by one.
  if (requester.scope.quotas?.some((quota) => quota.purpose === code)) return err(fault("screening.quota"));
  if (!items.every((item) => mayHold(requester, { item: item.code }, catalogue))) {
    return err(fault("screening.not-shared"));
  }
  const invalid = invalidSubject(screening, deps.identifierExceptions);
  if (invalid !== undefined) return err(fault("screening.subject-invalid", undefined, { subject: invalid }));
  const jurisdictions = reachOf(requester, purpose, deps);
  for (const subjectKind of new Set(screening.subjects.map(({ kind }) => kind))) {
    const decision = decide(deps.rules, {
      requester,
      subjectKind,
      items,
      purpose,
      jurisdictions,
      agreed: () => true,
      today: deps.today(),
      standing: deps.standing,
    });
    if (!decision.allowed) return err(decision.fault);
  }
  const codes = items.map((item) => item.code);
  const today = deps.today();
  const answering = jurisdictions.flatMap((each) => deps.directory().answering(each) ?? []);
  const active = answering.filter(({ status }) => status === "active");
  const sources = new Set(active.map(({ node }) => node));
  return ok({ items: codes, purpose, catalogue, today, jurisdictions: new Set(jurisdictions), sources });
}

/** Where a lookup for this purpose would reach: a screening says nothing of the others. */
function reachOf(
  requester: Member,
  { code, jurisdictions }: Plan["purpose"],
  { directory, now }: ScreenDependencies,
): readonly Jurisdiction[] {
  const known = directory();
  return known
    .jurisdictions()
    .filter((jurisdiction) => jurisdictions === "all" || jurisdictions.includes(jurisdiction))
    .filter((jurisdiction) => known.agreed(requester, jurisdiction, code, now()));
}

function invalidSubject({ subjects }: Screening, exceptions: ReadonlySet<string>): number | undefined {
  const at = subjects.findIndex((subject) => !parseSubject(subject, { exceptions }).ok);
  return at < 0 ? undefined : at;
}

async function findHits({ subjects }: Screening, plan: Plan, told: ToldRecords): Promise<Hit[]> {
  const hits: Hit[] = [];
  for (const [at, subject] of subjects.entries()) {
    if (at > 0 && at % atOnce === 0) await nextTurn();
    const within = told
      .about(subject, plan.items)
      .filter(
        ({ source, record }) => plan.jurisdictions.has(record.jurisdiction) && plan.sources.has(source),
      );
    hits.push(...hitsOf(at, within, plan));
  }
  return hits;
}

/** A report of what was done names one of these. */
async function noteGiven(
  hits: readonly Hit[],
  exchange: string,
  { given, durable, today }: Pick<ScreenDependencies, "given" | "durable" | "today">,
): Promise<void> {
  const records = hits.flatMap(({ source, records: disclosed }) =>
    disclosed.map(({ id: record, version }) => ({ exchange, source, record, version })),
  );
  if (records.length === 0) return;
  given.give(records, today());
  await durable();
}

/** Whoever has the list can show that it was this one. */
function digestOf({ subjects }: Screening): string {
  const hash = createHash("sha256");
  for (const subject of subjects) hash.update(`${subjectText(subject)}\n`);
  return hash.digest("base64url");
}
