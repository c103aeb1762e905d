import type { Revocations as Reply } from "@xinqiao/protocol/measures";
import { mostNotices, type RevocationsRequest, textHash } from "@xinqiao/protocol/measures";
import { decideStanding } from "@xinqiao/protocol/policy";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { UntilTaken } from "../sharing/index.ts";
import type { Revocations } from "./ports.ts";

export interface ReadRevocationsDependencies {
  readonly revocations: Pick<Revocations, "openOf" | "isOpen">;
  /** Resolves when somebody was asked, the time is over, or nobody waits any more. */
  readonly untilAsked: UntilTaken;
  readonly directory: () => Pick<Directory, "member">;
  readonly log: Pick<AuditLog, "append">;
}

export interface RevocationsQuestion {
  readonly asked: RevocationsRequest;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
  readonly gone: AbortSignal;
}

export type ReadRevocationsError = { readonly refused: Fault } | { readonly failed: AppendError };

/**
 * What is open of a member's notices and it has not heard, and what it holds open and the city does not: they agree again
 * whichever of them was put back to an older state (PR-SYNC §9).
 */
export async function readRevocations(
  question: RevocationsQuestion,
  deps: ReadRevocationsDependencies,
): Promise<Result<Reply, ReadRevocationsError>> {
  const { asked, member, gone } = question;
  const { heard, waitMs } = asked;
  const standing = decideStanding(member);
  if (!standing.allowed) return err({ refused: standing.fault });
  const now = compare(member, heard, deps);
  if (now.notices.length > 0 || now.settled.length > 0) return deliver(now, question, deps);
  await deps.untilAsked(member.node, waitMs, gone);
  // As it is now: it may have been suspended while it waited.
  const still = decideStanding(deps.directory().member(member.node) ?? { ...member, status: "left" });
  if (!still.allowed) return err({ refused: still.fault });
  return deliver(compare(member, heard, deps), question, deps);
}

/** Notices say what a member has done about whom: the log has who was handed them, and the request is spent with it. */
async function deliver(
  reply: Reply,
  { member: { node: actor }, requestId: exchange, traceId, claim }: RevocationsQuestion,
  { log }: Pick<ReadRevocationsDependencies, "log">,
): Promise<Result<Reply, ReadRevocationsError>> {
  if (reply.notices.length === 0) return ok(reply);
  const notices = reply.notices.map(textHash);
  const about = { exchange, actor, traceId, notices };
  const logged = await log.append({ kind: "revocations.delivered", ...about }, claim);
  return logged.ok ? ok(reply) : err({ failed: logged.error });
}

function compare(
  { node }: Member,
  heard: readonly string[],
  { revocations }: Pick<ReadRevocationsDependencies, "revocations">,
): Reply {
  const known = new Set(heard);
  const unheard = revocations.openOf(node).filter(({ notice }) => !known.has(notice));
  return {
    notices: unheard.slice(0, mostNotices).map(({ text }) => text),
    settled: heard.filter((notice) => !revocations.isOpen(node, notice)),
  };
}
