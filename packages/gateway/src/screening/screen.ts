import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { subjectText } from "@xinqiao/protocol/identity";
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

async function findHits({ subjects }: Screening, plan: ScreeningPlan, told: ToldRecords): Promise<Hit[]> {
  const hits: Hit[] = [];
  for (const [at, subject] of subjects.entries()) {
    if (at > 0 && at % atOnce === 0) await nextTurn();
    const within = told.about(subject, plan.items).filter((each) => isWithin(plan, each));
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
    disclosed.map(({ id: record, version }) => ({ source, record, version })),
  );
  if (records.length === 0) return;
  given.give(exchange, records, today());
  await durable();
}

/** Whoever has the list can show that it was this one. */
function digestOf({ subjects }: Screening): string {
  const hash = createHash("sha256");
  for (const subject of subjects) hash.update(`${subjectText(subject)}\n`);
  return hash.digest("base64url");
}
