import type { Catalogue, Item } from "@xinqiao/protocol/catalogue";
import { type KeptAnswers, keptUntil } from "@xinqiao/protocol/evidence";
import type { Lookup, ResultRow } from "@xinqiao/protocol/exchange";
import { subjectText } from "@xinqiao/protocol/identity";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { Directory } from "@xinqiao/protocol/registry";
import type { Evidence } from "../log/index.ts";
import type { Plan, Refused } from "./plan.ts";
import type { AuthenticatedLookup } from "./ports.ts";
import type { TakenRow } from "./row.ts";

/** The parts of an entry every step of one exchange shares. */
function common({ exchange, requester, forwardedBy, trace }: AuthenticatedLookup) {
  const ids = { exchange, actor: forwardedBy ?? requester.node, traceId: trace.traceId };
  return forwardedBy === undefined ? ids : { ...ids, requester: requester.node };
}

/** Art. 45: who took the authorisation down. Which one it was, is committed to. */
function authorisedBy({ authorisation }: Pick<Plan, "authorisation">) {
  return authorisation && { authorisation: { issuer: authorisation.iss } };
}

/**
 * Whom it is about, the asker's own reference and the id of the authorisation, which would link all lookups by it: committed
 * to, never written in the clear.
 */
function privateValues(
  { subject, caseReference }: Lookup,
  { authorisation }: Pick<Plan, "authorisation">,
): Record<string, string> {
  return {
    subject: subjectText(subject),
    ...(caseReference !== undefined && { caseReference }),
    ...(authorisation && { authorisation: authorisation.jti }),
  };
}

const askedAt = (request: AuthenticatedLookup) => new Date(request.askedAt).toISOString();

export function intentEntry(request: AuthenticatedLookup, plan: Plan): LogEntryDraft {
  return {
    kind: "lookup.intent",
    ...common(request),
    askedAt: askedAt(request),
    purpose: request.lookup.purpose,
    items: plan.items.map(({ code }) => code),
    jurisdictions: plan.targets.map(({ jurisdiction }) => jurisdiction),
    targets: plan.targets.map(({ member }) => member.node),
    deadlineMs: request.lookup.deadlineMs,
    ...authorisedBy(plan),
    private: privateValues(request.lookup, plan),
  };
}

export function outcomeEntry(
  request: AuthenticatedLookup,
  intent: number,
  complete: boolean,
  rows: readonly TakenRow[],
): LogEntryDraft {
  return { kind: "lookup.outcome", ...common(request), intent, complete, rows };
}

/** What an exchange leaves is its subject's, and kept as long as its items are. */
function keptFor({ lookup }: AuthenticatedLookup, items: readonly Item[], at: number) {
  return { subject: subjectText(lookup.subject), until: keptUntil(at, items) };
}

/** Beside the intent or the refusal: the request that was signed. */
export function requestEvidence(request: AuthenticatedLookup, items: readonly Item[], at: number): Evidence {
  return { ...keptFor(request, items, at), request: request.signed };
}

/** Beside the outcome: every answer, as its node signed it. */
export function answersEvidence(
  request: AuthenticatedLookup,
  { items }: Pick<Plan, "items">,
  answers: KeptAnswers,
  at: number,
): Evidence {
  return { ...keptFor(request, items, at), ...(answers.length > 0 && { answers }) };
}

export function answersOf(rows: readonly ResultRow[]): KeptAnswers {
  return rows.flatMap(({ jurisdiction, answer }) =>
    answer === undefined ? [] : [{ jurisdiction, jws: answer }],
  );
}

/** Who knows which codes are codes. */
export interface Vocabulary {
  readonly catalogue: Catalogue;
  readonly directory: Directory;
}

/** A refused lookup may have anything where a code should be: what nobody knows is only committed to. */
export function refusedEntry(
  request: AuthenticatedLookup,
  refused: Refused,
  { catalogue, directory }: Vocabulary,
): LogEntryDraft {
  const { lookup } = request;
  const { rule, fault } = refused;
  const { purpose, items = [], jurisdictions } = lookup;
  const asked = JSON.stringify({ purpose, items, jurisdictions });
  return {
    kind: "lookup.refused",
    ...common(request),
    askedAt: askedAt(request),
    purpose: catalogue.purposes.has(purpose) ? purpose : null,
    items: items.filter((item) => catalogue.items.has(item)),
    jurisdictions:
      jurisdictions === "all"
        ? jurisdictions
        : jurisdictions.filter((jurisdiction) => directory.answering(jurisdiction) !== undefined),
    code: fault.code,
    rule,
    ...authorisedBy(refused),
    private: { ...privateValues(lookup, refused), asked },
  };
}
