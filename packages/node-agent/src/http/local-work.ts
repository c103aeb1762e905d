import { lookupSchema } from "@xinqiao/protocol/exchange";
import type { Fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { parseJson } from "@xinqiao/protocol/transport";
import {
  authorisationRequestSchema,
  type IssueDependencies,
  issueAuthorisation,
  type WithdrawDependencies,
  withdrawAuthorisation,
} from "../authorisation/index.ts";
import { type LookUpDependencies, lookUp } from "../lookup/index.ts";
import { type ShowDependencies, showHours, shownSchema } from "../reconciliation/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";
import type { LocalWork } from "./local-call.ts";

export interface LocalWorkDependencies {
  readonly lookUp: LookUpDependencies;
  readonly authorisation: IssueDependencies & WithdrawDependencies;
  readonly books: ShowDependencies;
  readonly events: AgentEvents;
}

const byAgent = (reason: Fault) => err({ by: "agent" as const, fault: reason });

/** `POST /v1/lookups`. */
export function lookUpFor({ lookUp: deps, events }: LocalWorkDependencies): LocalWork {
  return async (body, trace, gone) => {
    const lookup = parseJson(body, lookupSchema);
    if (!lookup.ok) return byAgent(lookup.error);
    const exchange = await lookUp(lookup.value, trace, deps, gone);
    if (exchange.ok) events.lookedUp(exchange.value, trace.traceId);
    return exchange;
  };
}

/** `POST /v1/authorisations`: signs what a subject permitted here. */
export function issueFor({ authorisation: deps, events }: LocalWorkDependencies): LocalWork {
  return async (body, { traceId }) => {
    const request = parseJson(body, authorisationRequestSchema);
    if (!request.ok) return byAgent(request.error);
    const issued = await issueAuthorisation(request.value, deps);
    if (!issued.ok) return byAgent(issued.error);
    events.authorised(issued.value.id, traceId);
    return ok(issued.value);
  };
}

/** `POST /v1/authorisations/{id}/withdrawal`: the body is not looked at. */
export function withdrawFor({ authorisation: deps, events }: LocalWorkDependencies, id: string): LocalWork {
  return async (_body, trace, gone) => {
    const withdrawn = await withdrawAuthorisation(id, trace, deps, gone);
    if (withdrawn.ok) events.withdrawn(withdrawn.value.authorisation, trace.traceId);
    return withdrawn;
  };
}

/** `POST /v1/reconciliations`: compares what is due, or the hours asked for, and shows them. */
export function reconcileFor({ books }: LocalWorkDependencies): LocalWork {
  return async (body, _trace, gone) => {
    const asked = parseJson(body, shownSchema);
    return asked.ok ? showHours(asked.value, books, gone) : byAgent(asked.error);
  };
}
