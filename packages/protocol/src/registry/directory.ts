import type { PurposeCode } from "../catalogue/index.ts";
import type { Jurisdiction, NodeId } from "../identity/index.ts";
import { importVerifier, type PublicJwk, type Verifier } from "../keys/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { isAgreed } from "./agreement.ts";
import type { RegistryDocument } from "./document.ts";
import type { Member, MemberKey, MemberList } from "./member.ts";
import type { Peer } from "./peer.ts";

/** A signing key together with whose it is. */
export interface KnownKey {
  readonly member: Member;
  readonly verifier: Verifier;
  /** Validity window, milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The members as the hot path reads them: by node, by key, by jurisdiction. Immutable; a new version is a new directory. */
export interface Directory {
  readonly version: number;
  member(node: NodeId): Member | undefined;
  /** @param claimed whose it is said to be: where two cities list one key, that of the city the node is of */
  key(keyId: string, claimed?: string): KnownKey | undefined;
  answering(jurisdiction: Jurisdiction): Member | undefined;
  jurisdictions(): readonly Jurisdiction[];
  /**
   * Whether a member may ask into a jurisdiction by what the cities have agreed on.
   * @param purpose undefined: whether it may hold copies from there, which may be used for any
   * @param at milliseconds since 1970
   */
  agreed(
    requester: Member,
    jurisdiction: Jurisdiction,
    purpose: PurposeCode | undefined,
    at: number,
  ): boolean;
  /** The other city through whose gateway a member is reached; nothing for the city's own. */
  peerOf(node: NodeId): Peer | undefined;
}

/** Whether a key counts at an instant. @param at milliseconds since 1970 */
export function countsAt(
  { notBefore, notAfter }: Pick<KnownKey, "notBefore" | "notAfter">,
  at: number,
): boolean {
  return notBefore <= at && at < notAfter;
}

/** Whether a key is a member's own and valid at an instant. @param at milliseconds since 1970 */
export function holdsKey(
  directory: Pick<Directory, "key">,
  node: NodeId,
  keyId: string,
  at: number,
): boolean {
  const known = directory.key(keyId);
  return known?.member.node === node && countsAt(known, at);
}

export type ImportKey = (jwk: PublicJwk) => Result<Verifier, string>;

/** A directory in the making: it takes members one by one, so that thousands need not be indexed in one go. */
export interface DirectoryBuilder {
  add(member: Member): void;
  /** A key that is not sound, and a key or a jurisdiction claimed by two members, is a fault of the list. */
  finish(list: Pick<RegistryDocument, "version" | "agreements">): Result<Directory, readonly string[]>;
}

/**
 * Indexes a member list.
 * @param importKey for a list whose keys were checked when it was published: one that checks them later
 */
export function createDirectory(
  list: MemberList & Pick<RegistryDocument, "agreements">,
  importKey?: ImportKey,
): Result<Directory, readonly string[]> {
  const builder = buildDirectory(importKey);
  for (const member of list.members) builder.add(member);
  return builder.finish(list);
}

export function buildDirectory(importKey: ImportKey = importVerifier): DirectoryBuilder {
  const faults: string[] = [];
  const members = new Map<NodeId, Member>();
  const keys = new Map<string, KnownKey>();
  const owners = new Map<string, NodeId>();
  const answering = new Map<Jurisdiction, Member>();
  /** A key has one owner and one use: what signs does not decrypt. */
  const claim = ({ node }: Member, { jwk }: MemberKey): Verifier | undefined => {
    const imported = importKey(jwk);
    if (!imported.ok) {
      faults.push(`${node}: ${imported.error}`);
      return undefined;
    }
    const { keyId } = imported.value;
    const owner = owners.get(keyId);
    if (owner !== undefined) faults.push(`key ${keyId} is listed for ${owner} and ${node}`);
    owners.set(keyId, node);
    return imported.value;
  };
  return {
    add(member) {
      if (members.has(member.node)) faults.push(`member ${member.node} is listed twice`);
      members.set(member.node, member);
      if (member.jurisdiction !== undefined) {
        const other = answering.get(member.jurisdiction);
        if (other) faults.push(`${member.jurisdiction} is answered by ${other.node} and ${member.node}`);
        if (member.endpoint === undefined) faults.push(`${member.node} answers but has no endpoint`);
        answering.set(member.jurisdiction, member);
      }
      for (const key of member.keys) {
        const verifier = claim(member, key);
        if (verifier !== undefined) keys.set(verifier.keyId, knownKey(member, verifier, key));
      }
      for (const key of member.encryptionKeys ?? []) claim(member, key);
    },
    finish({ version, agreements }) {
      if (faults.length > 0) return err(faults);
      return ok({
        version,
        member: (node) => members.get(node),
        key: (keyId) => keys.get(keyId),
        answering: (jurisdiction) => answering.get(jurisdiction),
        jurisdictions: () => [...answering.keys()],
        agreed(requester, jurisdiction, purpose, at) {
          const to = answering.get(jurisdiction)?.division ?? jurisdiction;
          return isAgreed(agreements, { from: requester.division, to, purpose }, at);
        },
        peerOf: () => undefined,
      });
    },
  };
}

function knownKey(member: Member, verifier: Verifier, { notBefore, notAfter }: MemberKey): KnownKey {
  return {
    member,
    verifier,
    notBefore: Date.parse(notBefore),
    notAfter: notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter),
  };
}
