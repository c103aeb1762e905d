import type { Revocations as Reply } from "@xinqiao/protocol/measures";
import { mostNotices, type RevocationsRequest } from "@xinqiao/protocol/measures";
import { decideStanding } from "@xinqiao/protocol/policy";
import type { Fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { UntilTaken } from "../sharing/index.ts";
import type { Revocations } from "./ports.ts";

export interface ReadRevocationsDependencies {
  readonly revocations: Pick<Revocations, "openOf" | "isOpen">;
  /** Resolves when somebody was asked, the time is over, or nobody waits any more. */
  readonly untilAsked: UntilTaken;
  readonly directory: () => Pick<Directory, "member">;
}

export interface RevocationsQuestion {
  readonly asked: RevocationsRequest;
  readonly member: Member;
  readonly gone: AbortSignal;
}

/**
 * What is open of a member's notices and it has not heard, and what it holds open and the city does not: they agree again
 * whichever of them was put back to an older state (PR-SYNC §9).
 */
export async function readRevocations(
  { asked: { heard, waitMs }, member, gone }: RevocationsQuestion,
  deps: ReadRevocationsDependencies,
): Promise<Result<Reply, { readonly refused: Fault }>> {
  const standing = decideStanding(member);
  if (!standing.allowed) return err({ refused: standing.fault });
  const now = compare(member, heard, deps);
  if (now.notices.length > 0 || now.settled.length > 0) return ok(now);
  await deps.untilAsked(member.node, waitMs, gone);
  // As it is now: it may have been suspended while it waited.
  const still = decideStanding(deps.directory().member(member.node) ?? { ...member, status: "left" });
  if (!still.allowed) return err({ refused: still.fault });
  return ok(compare(member, heard, deps));
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
