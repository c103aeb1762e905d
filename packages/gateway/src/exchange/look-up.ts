import type { Catalogue } from "@xinqiao/protocol/catalogue";
import { type Exchange, isComplete, mustBeSealed, type ResultRow } from "@xinqiao/protocol/exchange";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, Appended, AuditLog } from "../log/index.ts";
import { allowancesOf, authorisationId, overdrawn } from "./allowances.ts";
import { createDeadline, type Deadline } from "./deadline.ts";
import {
  answersEvidence,
  answersOf,
  intentEntry,
  outcomeEntry,
  refusedEntry,
  requestEvidence,
} from "./entries.ts";
import { fanOut } from "./fan-out.ts";
import { makePlan, type Plan, type PlanDependencies, type Refused } from "./plan.ts";
import type { AnswerFromCopy, AskNode, AuthenticatedLookup } from "./ports.ts";
import type { TakenRow } from "./row.ts";

export interface LookUpDependencies extends PlanDependencies {
  readonly catalogue: () => Catalogue;
  readonly log: AuditLog;
  readonly ask: AskNode;
  readonly answerFromCopy: AnswerFromCopy;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Told of an exception nobody expected. */
  readonly onBug: (error: unknown) => void;
}

/** What is kept of the asker's time for writing the outcome and signing the reply. */
const closingReserveMs = (deadlineMs: number) => Math.min(50, Math.ceil(deadlineMs * 0.1));

/**
 * How long past the deadline the last entry may take. Answers that are in are not thrown away for a disk that
 * is a moment late; one that hangs is not waited for.
 */
const logGraceMs = 1_000;

/**
 * One lookup from decision to reply. The order is the promise: decide, write the intent durably, only
 * then let anything leave, write the outcome, only then hand anything back.
 */
export async function lookUp(
  request: AuthenticatedLookup,
  deps: LookUpDependencies,
): Promise<Result<Exchange, Fault>> {
  const { deadlineMs } = request.lookup;
  const whole = createDeadline(deadlineMs, deps.elapsed);
  const last = createDeadline(deadlineMs + logGraceMs, deps.elapsed);
  try {
    const catalogue = deps.catalogue();
    const decidedAt = deps.now();
    const plan = makePlan(request, catalogue, deps);
    const held = { ...deps, catalogue };
    if (!plan.ok) return await refuse(request, plan.error, last, held);
    const intent = await writeIntent(request, plan.value, { whole, decidedAt }, deps);
    if (!intent.ok) {
      const over = overdrawn(intent.error, request.requester, plan.value, decidedAt);
      return over ? await refuse(request, over, last, held) : intent;
    }
    const asking = createDeadline(
      whole.remainingMs() - closingReserveMs(deadlineMs),
      deps.elapsed,
      request.gone,
    );
    const results = await askAll(request, plan.value, asking, deps).finally(asking.dispose);
    const opened = { plan: plan.value, intent: intent.value.index, decidedAt };
    return await close(request, opened, results, last, deps);
  } finally {
    whole.dispose();
    last.dispose();
  }
}

/**
 * Writes the intent, and with it counts what the lookup uses. An intent that becomes durable after the deadline is closed at once: nobody was asked. It counts as the
 * log's failure, for want of which nothing may leave.
 */
async function writeIntent(
  request: AuthenticatedLookup,
  plan: Plan,
  { whole, decidedAt }: { readonly whole: Deadline; readonly decidedAt: number },
  { log, onBug }: LookUpDependencies,
): Promise<Result<Appended, AppendError>> {
  const { authorisation } = plan;
  // What is passed on was counted by the city of who asks.
  const allowances =
    request.forwardedBy === undefined ? allowancesOf(request.requester, plan, decidedAt) : [];
  const claim = {
    ...request.claim,
    ...(allowances.length > 0 && { allowances }),
    ...(authorisation && { authorisation: authorisationId(authorisation) }),
  };
  const evidence = requestEvidence(request, plan.items, decidedAt);
  const appending = log.append(intentEntry(request, plan), claim, evidence);
  const intent = await within(whole, appending);
  if (intent !== undefined) return intent;
  const unasked = plan.targets.map(
    ({ jurisdiction, member: { node } }): ResultRow => ({
      jurisdiction,
      node,
      status: "error",
      code: "log.unavailable",
      latencyMs: 0,
    }),
  );
  appending
    .then(async (late) => {
      if (late.ok) await log.append(outcomeEntry(request, late.value.index, false, unasked));
    })
    .catch(onBug);
  return err({ code: "log.unavailable" });
}

function askAll(
  { lookup, exchange, requester, forwardedBy, trace }: AuthenticatedLookup,
  { targets, items, purpose, authorisation }: Plan,
  deadline: Deadline,
  deps: LookUpDependencies,
): Promise<TakenRow[]> {
  return fanOut(
    {
      targets,
      question: {
        exchange,
        requester: requester.node,
        subject: lookup.subject,
        items: items.map(({ code }) => code),
        purpose: lookup.purpose,
        // Nobody is handed one that is not needed.
        ...(authorisation && { authorisation: lookup.authorisation }),
      },
      terms: purpose,
      sealed: mustBeSealed(items, purpose),
      // Another city's member may hold no copy here.
      copies: forwardedBy === undefined,
      deadline,
      trace,
      oldestAsOf: lookup.maxAgeSeconds === undefined ? 0 : deps.now() - lookup.maxAgeSeconds * 1000,
    },
    deps.ask,
    deps,
  );
}

/** Nothing is handed back that the log does not hold; an intent it could not close is closed at the next start. */
async function close(
  request: AuthenticatedLookup,
  { plan, intent, decidedAt }: { readonly plan: Plan; readonly intent: number; readonly decidedAt: number },
  taken: readonly TakenRow[],
  last: Deadline,
  { log }: LookUpDependencies,
): Promise<Result<Exchange, Fault>> {
  const complete = isComplete(taken);
  const answers = answersOf(taken);
  const evidence = answersEvidence(request, plan, answers, decidedAt);
  const appending = log.append(outcomeEntry(request, intent, complete, taken), undefined, evidence);
  const outcome = await within(last, appending);
  if (outcome === undefined) return err(fault("log.unavailable"));
  if (!outcome.ok) return outcome;
  const { size, root, index } = outcome.value;
  request.replyBeside(index, answers);
  const place = { origin: log.origin, intent, outcome: index, size, root };
  const results = taken.map(({ answeredAt, ...row }) => row);
  return ok({ exchange: request.exchange, complete, results, log: place });
}

/** A refusal spends the request's nonce and stands in the log before the asker hears of it. */
async function refuse(
  request: AuthenticatedLookup,
  refused: Refused,
  last: Deadline,
  {
    log,
    catalogue,
    directory,
    now,
  }: Pick<LookUpDependencies, "log" | "directory" | "now"> & { catalogue: Catalogue },
): Promise<Result<never, Fault>> {
  const draft = refusedEntry(request, refused, { catalogue, directory: directory() });
  const asked = (request.lookup.items ?? []).flatMap((code) => catalogue.items.get(code) ?? []);
  const evidence = requestEvidence(request, asked, now());
  const logged = await within(last, log.append(draft, request.claim, evidence));
  if (logged === undefined) return err(fault("log.unavailable"));
  if (!logged.ok) return logged;
  request.replyBeside(logged.value.index);
  return err(standing(refused.fault, logged.value));
}

/** A refusal says where it stands in the log, as an exchange does. */
function standing({ facts, ...refused }: Fault, { index, size, root }: Appended): Fault {
  return { ...refused, facts: { ...facts, logIndex: index, logSize: size, logRoot: root } };
}

/** What the log answers, or nothing when the deadline is over first: a disk that hangs says neither. */
async function within(
  { signal }: Deadline,
  appending: Promise<Result<Appended, AppendError>>,
): Promise<Result<Appended, AppendError> | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const giveUp = () => resolve(undefined);
  if (signal.aborted) giveUp();
  else signal.addEventListener("abort", giveUp, { once: true });
  return Promise.race([appending, promise]).finally(() => signal.removeEventListener("abort", giveUp));
}
