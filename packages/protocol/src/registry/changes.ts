import type { NodeId } from "../identity/index.ts";
import { thumbprint } from "../keys/index.ts";
import type { RegistryDocument } from "./document.ts";
import type { Member, MemberKey } from "./member.ts";

/** What can change about a member from one version to the next. */
export const memberChanges = [
  "pending",
  "admitted",
  "suspended",
  "resumed",
  "left",
  "dropped",
  "amended",
  "key-added",
  "key-ended",
] as const;
export type MemberChangeKind = (typeof memberChanges)[number];

export interface MemberChange {
  readonly node: NodeId;
  readonly change: MemberChangeKind;
  /** Of a key that was added or ended. */
  readonly keyId?: string;
}

/**
 * Everything that a version changes about members, in its order: what the log says of a membership's life. Found one by
 * one, as whoever reads them goes on: a version may change thousands.
 */
export function* changesBetween(
  before: Pick<RegistryDocument, "members"> | undefined,
  after: Pick<RegistryDocument, "members">,
): Generator<MemberChange> {
  const gone = new Map((before?.members ?? []).map((member) => [member.node, member]));
  for (const member of after.members) {
    yield* changesOf(gone.get(member.node), member);
    gone.delete(member.node);
  }
  for (const node of gone.keys()) yield { node, change: "dropped" };
}

function changesOf(before: Member | undefined, after: Member): MemberChange[] {
  if (before === after) return [];
  const { node } = after;
  const changes: MemberChange[] = [];
  const standing = standingChange(before?.status, after.status);
  if (standing) changes.push({ node, change: standing });
  if (before && described(before) !== described(after)) changes.push({ node, change: "amended" });
  return [...changes, ...keyChanges(before?.keys ?? [], after).map((change) => ({ node, ...change }))];
}

function standingChange(
  before: Member["status"] | undefined,
  after: Member["status"],
): MemberChangeKind | undefined {
  if (before === after) return undefined;
  if (after === "active") return before === "suspended" ? "resumed" : "admitted";
  return after;
}

/** Everything but standing and keys, which have changes of their own. */
function described({ status: _status, keys: _keys, ...rest }: Member): string {
  return JSON.stringify(rest);
}

function keyChanges(before: readonly MemberKey[], after: Member): Omit<MemberChange, "node">[] {
  const old = new Map(before.map((key) => [thumbprint(key.jwk), key]));
  return after.keys.flatMap((key): Omit<MemberChange, "node">[] => {
    const keyId = thumbprint(key.jwk);
    const known = old.get(keyId);
    if (known === undefined) return [{ change: "key-added", keyId }];
    return known.notAfter === key.notAfter ? [] : [{ change: "key-ended", keyId }];
  });
}
