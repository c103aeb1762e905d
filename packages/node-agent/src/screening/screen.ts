import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { mustBeSealed } from "@xinqiao/protocol/exchange";
import { decide, federationRules, resolveAsked } from "@xinqiao/protocol/policy";
import { fault } from "@xinqiao/protocol/problem";
import type { RegistryStanding } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type Hit,
  hitsOf,
  type OpenedScreening,
  type Screening,
  screeningReplySchema,
  screeningSchema,
  type whenAwayChoices,
} from "@xinqiao/protocol/screening";
import type { TraceContext } from "@xinqiao/protocol/trace";
import { z } from "zod";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";
import type { Inbox } from "../sharing/index.ts";

export interface ScreenDependencies {
  readonly call: CallDependencies;
  readonly inbox: Pick<Inbox, "of">;
  readonly catalogue: () => Catalogue;
  readonly standing: (graceSeconds?: number) => RegistryStanding;
  readonly whenAway: (typeof whenAwayChoices)[number];
  /** How long the city is waited for before it counts as away, unless the platform says. */
  readonly deadlineMs: number;
  readonly today: () => string;
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
  return screenCopies(screening, deps);
}

/** Not reached, or not able to answer: a refusal is an answer. */
function isAway(error: CallError): boolean {
  if (error.by === "agent") return error.fault.code.startsWith("gateway.");
  return error.problem.status >= 500;
}

/** Subjects looked up in one turn of the event loop. */
const atOnce = 100;

/** By the city's own rules: that it is away gives nobody leave. */
async function screenCopies(
  { purpose: code, items: named, subjects }: Screening,
  { call, inbox, catalogue, today, standing }: ScreenDependencies,
): Promise<Result<OpenedScreening, CallError>> {
  const held = catalogue();
  const asked = resolveAsked({ purpose: code, items: named ?? held.purposes.get(code)?.items }, held);
  if (!asked.ok) return err({ by: "agent", fault: asked.error });
  const { purpose, items } = asked.value;
  if (mustBeSealed(items, purpose)) return err({ by: "agent", fault: fault("screening.must-be-sealed") });
  const requester = call.directory().member(call.node);
  if (requester === undefined) return err({ by: "agent", fault: fault("policy.member-not-active") });
  const asking = {
    requester,
    items,
    purpose,
    jurisdictions: [],
    agreed: () => true,
    today: today(),
    standing,
  };
  for (const subjectKind of new Set(subjects.map(({ kind }) => kind))) {
    const decision = decide(federationRules, { ...asking, subjectKind });
    if (!decision.allowed) return err({ by: "agent", fault: decision.fault });
  }
  const reach = purpose.jurisdictions;
  const matter = { items: items.map((item) => item.code), purpose, catalogue: held, today: today() };
  const hits: Hit[] = [];
  for (const [at, subject] of subjects.entries()) {
    if (at > 0 && at % atOnce === 0) await nextTurn();
    const within = inbox
      .of(subject, matter.items)
      .filter(({ record }) => reach === "all" || reach.includes(record.jurisdiction));
    hits.push(...hitsOf(at, within, matter));
  }
  return ok({ screened: subjects.length, hits, sources: [], from: "copies" });
}
