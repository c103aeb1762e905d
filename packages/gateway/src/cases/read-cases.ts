import { type CaseDelivery, type CasesRead, mostCases } from "@xinqiao/protocol/cases";
import { decideStanding } from "@xinqiao/protocol/policy";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AuditLog, NonceClaim } from "../log/index.ts";
import type { UntilTaken } from "../sharing/index.ts";
import type { CaseError } from "./next-step.ts";
import type { CaseBook } from "./ports.ts";

export interface ReadCasesDependencies {
  readonly cases: Pick<CaseBook, "isStepAt" | "newsOf">;
  readonly directory: () => Pick<Directory, "member">;
  readonly log: Pick<AuditLog, "append">;
  readonly untilStepped: UntilTaken;
}

export interface AskedCases {
  readonly wanted: CasesRead;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
  readonly gone: AbortSignal;
}

/** Hands a member what is new of its cases, whole; waits while there is nothing (PR-CASES §5). */
export async function readCases(
  { wanted: { after, head, waitMs }, member, requestId, traceId, claim, gone }: AskedCases,
  { cases, directory, log, untilStepped }: ReadCasesDependencies,
): Promise<Result<CaseDelivery, CaseError>> {
  const { node: actor } = member;
  // Not of this past: the gateway was put back to an older state, and the reader has to begin again.
  if (!cases.isStepAt({ position: after, head })) return ok({ position: 0, head: null, cases: [] });
  const isNew = cases.newsOf(actor, after, 1).length > 0;
  if (!isNew) await untilStepped(actor, waitMs, gone);
  // As it is now: much may have been decided while it waited.
  const standing = decideStanding(directory().member(actor) ?? { ...member, status: "left" });
  if (!standing.allowed) return err({ refused: standing.fault });
  const news = cases.newsOf(actor, after, mostCases);
  const last = news.at(-1);
  if (last === undefined) return ok({ position: after, head, cases: [] });
  const delivered = news.map(({ steps, due }) => ({ steps, ...(due !== undefined && { due }) }));
  const logged = await log.append(
    { kind: "cases.delivered", exchange: requestId, actor, traceId, cases: news.map(({ id }) => id) },
    claim,
  );
  if (!logged.ok) return err({ failed: logged.error });
  return ok({ position: last.position, head: last.head, cases: delivered });
}
