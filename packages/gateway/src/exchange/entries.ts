import type { Lookup, ResultRow } from "@xinqiao/protocol/exchange";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import type { Fault } from "@xinqiao/protocol/problem";
import type { AuthenticatedLookup, Plan } from "./look-up.ts";

/** The parts of an entry every step of one exchange shares. */
function common({ exchange, requester, trace }: AuthenticatedLookup) {
  return { exchange, actor: requester.node, traceId: trace.traceId };
}

/** Whom it is about and the asker's own reference: committed to, never written in the clear. */
function privateValues({ subject, caseReference }: Lookup): Record<string, string> {
  return {
    subject: `${subject.scheme}:${subject.id}`,
    ...(caseReference !== undefined && { caseReference }),
  };
}

export function intentEntry(request: AuthenticatedLookup, plan: Plan): LogEntryDraft {
  return {
    kind: "lookup.intent",
    ...common(request),
    purpose: request.lookup.purpose,
    items: plan.items.map(({ code }) => code),
    jurisdictions: plan.targets.map(({ jurisdiction }) => jurisdiction),
    targets: plan.targets.map(({ member }) => member.node),
    deadlineMs: request.lookup.deadlineMs,
    private: privateValues(request.lookup),
  };
}

export function outcomeEntry(
  request: AuthenticatedLookup,
  intent: number,
  complete: boolean,
  rows: readonly ResultRow[],
): LogEntryDraft {
  return { kind: "lookup.outcome", ...common(request), intent, complete, rows };
}

export function refusedEntry(request: AuthenticatedLookup, rule: string, { code }: Fault): LogEntryDraft {
  const { lookup } = request;
  return {
    kind: "lookup.refused",
    ...common(request),
    purpose: lookup.purpose,
    items: lookup.items ?? [],
    jurisdictions: lookup.jurisdictions,
    code,
    rule,
    private: privateValues(lookup),
  };
}
