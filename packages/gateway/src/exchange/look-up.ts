import type { Catalogue, Item, Purpose } from "@xinqiao/protocol/catalogue";
import { type Exchange, isComplete, type Lookup } from "@xinqiao/protocol/exchange";
import { parseSubject } from "@xinqiao/protocol/identity";
import { type DisclosureRequest, decide, type Rule, resolveAsked } from "@xinqiao/protocol/policy";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { TraceContext } from "@xinqiao/protocol/trace";
import type { AuditLog, NonceClaim } from "../log/index.ts";
import { createDeadline } from "./deadline.ts";
import { intentEntry, outcomeEntry, refusedEntry } from "./entries.ts";
import { fanOut } from "./fan-out.ts";
import type { AskNode } from "./ports.ts";
import { pickTargets, type Target } from "./targets.ts";

/** A lookup whose sender is known and whose bytes are the sender's. */
export interface AuthenticatedLookup {
  readonly lookup: Lookup;
  readonly requester: Member;
  readonly exchange: string;
  readonly claim: NonceClaim;
  readonly trace: TraceContext;
  /** Fires when the asker goes away. */
  readonly gone: AbortSignal;
}

export interface LookUpDependencies {
  readonly directory: () => Directory;
  readonly catalogue: Catalogue;
  readonly rules: readonly Rule[];
  /** Identifiers really issued with a wrong check character: the operator's list. */
  readonly identifierExceptions: ReadonlySet<string>;
  readonly log: AuditLog;
  readonly ask: AskNode;
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Told of an exception nobody expected. */
  readonly onBug: (error: unknown) => void;
}

/** A lookup that may go ahead: resolved against catalogue and members, and allowed by every rule. */
export interface Plan {
  readonly items: readonly Item[];
  readonly purpose: Purpose;
  readonly targets: readonly Target[];
}

/** What is kept of the asker's time for writing the outcome and signing the reply. */
const closingReserveMs = (deadlineMs: number) => Math.min(50, Math.ceil(deadlineMs * 0.1));

/**
 * One lookup from decision to reply. The order is the promise: decide, write the intent durably, only
 * then let anything leave, write the outcome, only then hand anything back.
 */
export async function lookUp(
  request: AuthenticatedLookup,
  deps: LookUpDependencies,
): Promise<Result<Exchange, Fault>> {
  const { lookup, exchange } = request;
  const begun = deps.elapsed();
  const plan = makePlan(request, deps);
  if (!plan.ok) return refuse(request, plan.error, deps);
  const intent = await deps.log.append(intentEntry(request, plan.value), request.claim);
  if (!intent.ok) return intent;

  const budget = lookup.deadlineMs - closingReserveMs(lookup.deadlineMs) - (deps.elapsed() - begun);
  const deadline = createDeadline(Math.max(1, budget), deps.elapsed, request.gone);
  const work = fanOut(
    {
      targets: plan.value.targets,
      question: {
        exchange,
        requester: request.requester.node,
        subject: lookup.subject,
        items: plan.value.items.map(({ code }) => code),
        purpose: lookup.purpose,
      },
      deadline,
      trace: request.trace,
      oldestAsOf: lookup.maxAgeSeconds === undefined ? 0 : deps.now() - lookup.maxAgeSeconds * 1000,
    },
    deps.ask,
    deps,
  );
  const results = await work.finally(deadline.dispose);

  const complete = isComplete(results);
  const outcome = await deps.log.append(outcomeEntry(request, intent.value.index, complete, results));
  if (!outcome.ok) return outcome;
  const { size, root } = outcome.value;
  const log = {
    origin: deps.log.origin,
    intent: intent.value.index,
    outcome: outcome.value.index,
    size,
    root,
  };
  return ok({ exchange, complete, results, log });
}

function makePlan(
  { lookup, requester }: AuthenticatedLookup,
  deps: LookUpDependencies,
): Result<Plan, Refused> {
  const refused = (fault: Fault) => err({ rule: fault.code.split(".")[0] ?? "", fault });
  const subject = parseSubject(lookup.subject, { exceptions: deps.identifierExceptions });
  if (!subject.ok) return refused(subject.error);
  const asked = resolveAsked(lookup, deps.catalogue);
  if (!asked.ok) return refused(asked.error);
  const targets = pickTargets(lookup.jurisdictions, deps.directory());
  if (!targets.ok) return refused(targets.error);
  const disclosure: DisclosureRequest = {
    requester,
    subjectKind: lookup.subject.kind,
    ...asked.value,
    jurisdictions: targets.value.map(({ jurisdiction }) => jurisdiction),
  };
  const decision = decide(deps.rules, disclosure);
  if (!decision.allowed) return err({ rule: decision.rule, fault: decision.fault });
  return ok({ ...asked.value, targets: targets.value });
}

interface Refused {
  readonly rule: string;
  readonly fault: Fault;
}

/** A refusal spends the request's nonce and stands in the log before the asker hears of it. */
async function refuse(
  request: AuthenticatedLookup,
  { rule, fault }: Refused,
  { log }: LookUpDependencies,
): Promise<Result<never, Fault>> {
  const logged = await log.append(refusedEntry(request, rule, fault), request.claim);
  return logged.ok ? err(fault) : logged;
}
