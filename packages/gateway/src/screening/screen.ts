import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Subject, subjectText } from "@xinqiao/protocol/identity";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type Hit,
  hitsOf,
  isWithin,
  type PlanDependencies,
  planScreening,
  type Screening,
  type ScreeningPlan,
  type ScreeningReply,
  type ToldRecord,
} from "@xinqiao/protocol/screening";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { GivenRecords, ToldRecords } from "./ports.ts";

export interface ScreenDependencies extends PlanDependencies {
  readonly told: ToldRecords;
  readonly given: Pick<GivenRecords, "give">;
  /** Resolves when what was written down as given is on the disk. */
  readonly durable: () => Promise<void>;
  readonly log: Pick<AuditLog, "append" | "origin">;
}

export interface AuthenticatedScreening {
  readonly screening: Screening;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

export type ScreenError = { readonly refused: Fault } | { readonly failed: AppendError };

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
  const plan = planScreening(screening, member, deps);
  if (!plan.ok) return err({ refused: plan.error });
  const found = await find(screening, plan.value, deps.told);
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
      hits: found.filter((each) => hitsIn(each, plan.value).length > 0).length,
      private: { subjects: digestOf(screening) },
    },
    claim,
  );
  if (!logged.ok) return err({ failed: logged.error });
  const hits = await noteGiven(found, plan.value, { ...deps, exchange: requestId });
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

/** What is held about one of the subjects, as far as a lookup would reach it. */
interface Found {
  readonly at: number;
  readonly subject: Subject;
  readonly told: readonly ToldRecord[];
}

async function find({ subjects }: Screening, plan: ScreeningPlan, told: ToldRecords): Promise<Found[]> {
  const all: Found[] = [];
  for (let from = 0; from < subjects.length; from += atOnce) {
    if (from > 0) await nextTurn();
    const some = subjects.slice(from, from + atOnce);
    const found = told.readTogether(() =>
      some.map((subject, at) => lookUp({ at: from + at, subject }, plan, told)),
    );
    all.push(...found.filter((each) => each.told.length > 0));
  }
  return all;
}

function lookUp(
  { at, subject }: Pick<Found, "at" | "subject">,
  plan: ScreeningPlan,
  told: ToldRecords,
): Found {
  return { at, subject, told: told.about(subject, plan.items).filter((each) => isWithin(plan, each)) };
}

const hitsIn = ({ at, told }: Found, plan: ScreeningPlan): readonly Hit[] => hitsOf(at, told, plan);

/**
 * Writes down what is given, which a report of what was done will name. What a source has corrected since it was found, in
 * turns before or while this was written, is looked at again: no older version leaves from when the newer one was taken.
 */
async function noteGiven(
  found: readonly Found[],
  plan: ScreeningPlan,
  { told, given, durable, today, exchange }: ScreenDependencies & { readonly exchange: string },
): Promise<Hit[]> {
  const isOld = (each: Found) => !each.told.every((record) => told.stands(record));
  let newest = found;
  do {
    newest = newest.map((each) => (isOld(each) ? lookUp(each, plan, told) : each));
    const records = newest
      .flatMap((each) => hitsIn(each, plan))
      .flatMap(({ source, records: disclosed }) =>
        disclosed.map(({ id: record, version }) => ({ source, record, version })),
      );
    if (records.length === 0) break;
    given.give(exchange, records, today());
    await durable();
  } while (newest.some(isOld));
  return newest.flatMap((each) => hitsIn(each, plan));
}

/** Whoever has the list can show that it was this one. */
function digestOf({ subjects }: Screening): string {
  const hash = createHash("sha256");
  for (const subject of subjects) hash.update(`${subjectText(subject)}\n`);
  return hash.digest("base64url");
}
