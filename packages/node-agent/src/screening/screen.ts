import { setImmediate as nextTurn } from "node:timers/promises";
import { federationRules } from "@xinqiao/protocol/policy";
import { fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type Hit,
  hitsOf,
  isWithin,
  type OpenedScreening,
  type PlanDependencies,
  planScreening,
  type Screening,
  screeningReplySchema,
  screeningSchema,
  type whenAwayChoices,
} from "@xinqiao/protocol/screening";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { z } from "zod";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";
import type { Inbox } from "../sharing/index.ts";
import { sourcesOf, wholeSince } from "./own-copies.ts";

export interface ScreenDependencies
  extends Pick<PlanDependencies, "catalogue" | "standing" | "today" | "identifierExceptions"> {
  readonly call: CallDependencies;
  readonly inbox: Pick<Inbox, "of" | "standing" | "past">;
  readonly whenAway: (typeof whenAwayChoices)[number];
  /** How old the copies may be that answer. */
  readonly copiesForMs: number;
  /** How long the city is waited for before it counts as away, unless the platform says. */
  readonly deadlineMs: number;
}

/** What the platform asks: a list has more time than a flow that approves in seconds. */
export const askedScreeningSchema = screeningSchema.extend({
  deadlineMs: z.number().int().positive().max(60_000).optional(),
});
export type AskedScreening = z.infer<typeof askedScreeningSchema>;

/** Screens through the city; when it is not to be had, as this member has chosen: a flow that approves in seconds has to know which. */
export async function screen(
  { deadlineMs: timeoutMs, ...screening }: AskedScreening,
  trace: TraceContext,
  deps: ScreenDependencies,
  gone: AbortSignal,
): Promise<Result<OpenedScreening, CallError>> {
  const question = { path: "/v1/screenings", body: screening, answer: screeningReplySchema };
  const patience = { timeoutMs: timeoutMs ?? deps.deadlineMs };
  const answered = await askGateway({ ...question, ...patience }, trace, deps.call, gone);
  if (answered.ok) return ok({ ...answered.value, from: "city" });
  if (!isAway(answered.error) || deps.whenAway === "hold") return answered;
  if (deps.whenAway === "flag") return ok({ screened: 0, hits: [], sources: [], from: "nobody" });
  const copies = await screenCopies(screening, deps);
  return copies ?? answered;
}

/** Not reached, or not able to answer: a refusal is an answer. */
function isAway(error: CallError): boolean {
  if (error.by === "agent") return error.fault.code.startsWith("gateway.");
  return error.problem.status >= 500;
}

/** Subjects looked up in one turn of the event loop. */
const atOnce = 100;

/**
 * By the city's own rules, and no further than it would reach: that it is away gives nobody leave. Nothing where the copies
 * are not all that the city would have looked through: that nothing is found there means nothing.
 */
async function screenCopies(
  screening: Screening,
  { call, inbox, copiesForMs, ...deps }: ScreenDependencies,
): Promise<Result<OpenedScreening, CallError> | undefined> {
  const { node, directory, now } = call;
  const requester = directory().member(node);
  if (requester === undefined) return err({ by: "agent", fault: fault("policy.member-not-active") });
  const plan = planScreening(screening, requester, { ...deps, rules: federationRules, directory, now });
  if (!plan.ok) return err({ by: "agent", fault: plan.error });
  const wholeAt = wholeSince(inbox.standing(), { plan: plan.value, screening, node, directory: directory() });
  if (wholeAt === undefined || now() - wholeAt > copiesForMs) return undefined;
  const hits: Hit[] = [];
  for (const [at, subject] of screening.subjects.entries()) {
    if (at > 0 && at % atOnce === 0) await nextTurn();
    const within = inbox.of(subject, plan.value.items).filter((each) => isWithin(plan.value, each));
    hits.push(...hitsOf(at, within, plan.value));
  }
  return ok({
    screened: screening.subjects.length,
    hits,
    sources: sourcesOf(plan.value, inbox, wholeAt),
    from: "copies",
  });
}
