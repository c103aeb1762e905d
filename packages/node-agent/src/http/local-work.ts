import { lookupSchema } from "@xinqiao/protocol/exchange";
import { measureDoneSchema, revocationDoneSchema } from "@xinqiao/protocol/measures";
import type { Fault } from "@xinqiao/protocol/problem";
import { err, ok } from "@xinqiao/protocol/result";
import { correctionsRequestSchema, correctionsSchema } from "@xinqiao/protocol/sync";
import { parseJson } from "@xinqiao/protocol/transport";
import { z } from "zod";
import {
  authorisationRequestSchema,
  type IssueDependencies,
  issueAuthorisation,
  type WithdrawDependencies,
  withdrawAuthorisation,
} from "../authorisation/index.ts";
import type { KeptCopies } from "../copies/index.ts";
import {
  answerRevocation,
  type HearDependencies,
  listRevocations,
  reportMeasure,
} from "../feedback/index.ts";
import { type Intake, postedSchema } from "../intake/index.ts";
import { askGateway, type CallDependencies, type LookUpDependencies, lookUp } from "../lookup/index.ts";
import { type ShowDependencies, showHours, shownSchema } from "../reconciliation/index.ts";
import { askedScreeningSchema, type ScreenDependencies, screen } from "../screening/index.ts";
import { copiesOf, copiesRequestSchema } from "../sharing/index.ts";
import type { AgentEvents } from "../telemetry/index.ts";
import type { LocalWork } from "./local-call.ts";

export interface LocalWorkDependencies {
  readonly lookUp: LookUpDependencies;
  readonly authorisation: IssueDependencies & WithdrawDependencies;
  readonly books: ShowDependencies;
  readonly sharing: { readonly call: CallDependencies } & Parameters<typeof copiesOf>[1];
  readonly intake: Intake;
  readonly copies: Pick<KeptCopies, "reconcile">;
  readonly screening: ScreenDependencies;
  readonly revoking: HearDependencies;
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

/** `POST /v1/copies`: what others have shared about a subject. */
export function copiesFor({ sharing }: LocalWorkDependencies): LocalWork {
  return async (body) => {
    const asked = parseJson(body, copiesRequestSchema);
    if (!asked.ok) return byAgent(asked.error);
    const copies = copiesOf(asked.value, sharing);
    return copies.ok ? copies : byAgent(copies.error);
  };
}

/** `POST /v1/copies/reconciliations`: compares copies with the city, repairs them, and shows how it was. */
export function reconcileCopiesFor({ copies }: LocalWorkDependencies): LocalWork {
  return async (body) => {
    const asked = parseJson(body, z.strictObject({}));
    return asked.ok ? copies.reconcile() : byAgent(asked.error);
  };
}

/** `POST /v1/corrections`: how corrections of this member's own records fare. */
export function correctionsFor({ sharing }: LocalWorkDependencies): LocalWork {
  return async (body, trace, gone) => {
    const asked = parseJson(body, correctionsRequestSchema);
    if (!asked.ok) return byAgent(asked.error);
    const question = { path: "/v1/corrections", body: asked.value, answer: correctionsSchema };
    return askGateway(question, trace, sharing.call, gone);
  };
}

/** `POST /v1/feedback`: what this member did about a record that it was given. */
export function feedbackFor({ sharing }: LocalWorkDependencies): LocalWork {
  return async (body, trace, gone) => {
    const done = parseJson(body, measureDoneSchema);
    return done.ok ? reportMeasure(done.value, trace, sharing.call, gone) : byAgent(done.error);
  };
}

/** `POST /v1/revocations`: what this member was asked to revoke. */
export function revocationsFor({ revoking }: LocalWorkDependencies): LocalWork {
  return async (body) => {
    const asked = parseJson(body, z.strictObject({}));
    return asked.ok ? ok(listRevocations(revoking.revocations)) : byAgent(asked.error);
  };
}

/** `POST /v1/revocations/answers`: what this member decided upon a notice. */
export function revocationAnswerFor({ revoking }: LocalWorkDependencies): LocalWork {
  return async (body, _trace, gone) => {
    const done = parseJson(body, revocationDoneSchema);
    return done.ok ? answerRevocation(done.value, revoking, gone) : byAgent(done.error);
  };
}

/** `POST /v1/screenings`: which of many subjects are listed, and what that means for a matter. */
export function screenFor({ screening: deps }: LocalWorkDependencies): LocalWork {
  return async (body, trace, gone) => {
    const asked = parseJson(body, askedScreeningSchema);
    return asked.ok ? screen(asked.value, trace, deps, gone) : byAgent(asked.error);
  };
}

/** `POST /v1/intake/{item}`: takes rows in, and says what became of each. */
export function intakeFor({ intake }: Pick<LocalWorkDependencies, "intake">, item: string): LocalWork {
  return async (body) => {
    const posted = parseJson(body, postedSchema);
    if (!posted.ok) return byAgent(posted.error);
    const taken = await intake.take(item, posted.value);
    return taken.ok ? taken : byAgent(taken.error);
  };
}
