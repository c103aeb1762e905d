import {
  type CopiesReport,
  type DigestGroup,
  type Digests,
  type DigestsRequest,
  groupName,
  rangeOf,
} from "@xinqiao/protocol/digests";
import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { isWanted, mayHold } from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { ReadChangesDependencies } from "./read-changes.ts";

interface Asked {
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

type DigestDependencies = Pick<
  ReadChangesDependencies,
  "hub" | "directory" | "catalogue" | "log" | "today" | "now"
>;

/**
 * Tells digests of what a member has told, or may hold and wants of others: in the log first. Of a group outside of that
 * nothing is told, not even whether there is one (PR-SYNC §7).
 */
export async function tellDigests(
  { wanted, member, requestId: exchange, traceId, claim }: Asked & { readonly wanted: DigestsRequest },
  deps: DigestDependencies,
): Promise<Result<Digests, { readonly failed: AppendError }>> {
  const { hub, log, today } = deps;
  const groups = await hub.digests.catchUp(today(), () => hub.digests.groups());
  const visible = new Map(
    groups.filter(isVisible(member, wanted, deps)).map((group) => [groupName(group), group]),
  );
  const places =
    wanted.ranges.length === 0
      ? [...visible.values()].map((group) => ({ group, prefix: "" }))
      : wanted.ranges.filter(({ group }) => visible.has(groupName(group)));
  const { length: ranges } = places;
  const logged = await log.append(
    { kind: "digests.told", exchange, actor: member.node, traceId, ranges },
    claim,
  );
  if (!logged.ok) return err({ failed: logged.error });
  const range = ({ group, prefix }: (typeof places)[number]) => rangeOf(prefix, hub.digests.book(group));
  // Pages may have come while the log was written: position and digests are of one moment.
  const told = () => ({
    newest: hub.newest(),
    ranges: places.map((place) => ({ ...place, range: range(place) })),
  });
  return ok(await hub.digests.catchUp(today(), told, places));
}

function isVisible(
  { node }: Member,
  { subscription }: DigestsRequest,
  { directory, catalogue, now }: Pick<DigestDependencies, "directory" | "catalogue" | "now">,
): (group: DigestGroup) => boolean {
  if (subscription === null) return ({ source }) => source === node;
  const reader = directory().member(node);
  const rules = { catalogue: catalogue(), directory: directory(), at: now() };
  return ({ source, subjectKind: kind, ...group }) =>
    source !== node &&
    reader !== undefined &&
    mayHold(reader, group, rules) &&
    isWanted({ ...group, subject: { kind } }, subscription);
}

/** Puts into the log how a member's copies compare. */
export async function noteCompared(
  { compared, member: { node: actor }, requestId: exchange, traceId, claim }: Asked & CopiesReport,
  { log }: { readonly log: Pick<AuditLog, "append"> },
): Promise<Result<object, { readonly failed: AppendError }>> {
  const logged = await log.append({ kind: "copies.reconciled", exchange, actor, traceId, compared }, claim);
  return logged.ok ? ok({}) : err({ failed: logged.error });
}
