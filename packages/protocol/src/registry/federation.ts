import type { Jurisdiction, NodeId } from "../identity/index.ts";
import type { Directory } from "./directory.ts";
import type { Member } from "./member.ts";
import { isNamed, type Peer } from "./peer.ts";

/** A peer together with the members its own registry lists. */
export interface PeerMembers {
  readonly peer: Peer;
  readonly directory: Directory;
  readonly members: readonly Member[];
}

/**
 * Everybody whom a node of this city knows: the city's own members, and of each peer's those that lie within the bounds
 * the city has set. Own members come first in everything: a peer can neither take the place of one nor answer for what
 * one answers for.
 */
export function createFederation(own: Directory, peers: readonly PeerMembers[]): Directory {
  const foreign = new Map<NodeId, { readonly member: Member; readonly from: PeerMembers }>();
  const answering = new Map<Jurisdiction, Member>();
  for (const from of peers) {
    for (const member of from.members) {
      if (own.member(member.node) !== undefined || foreign.has(member.node)) continue;
      if (!counts(member, from.peer)) continue;
      foreign.set(member.node, { member, from });
      const { jurisdiction } = member;
      if (jurisdiction === undefined || own.answering(jurisdiction) !== undefined) continue;
      if (!answering.has(jurisdiction)) answering.set(jurisdiction, member);
    }
  }
  const homeOf = (node: NodeId) => (own.member(node) ? own : foreign.get(node)?.from.directory);
  return {
    version: own.version,
    member: (node) => own.member(node) ?? foreign.get(node)?.member,
    key(keyId, claimed) {
      const mine = own.key(keyId);
      // Asked for at every message: nearly all are of own members.
      if (mine !== undefined && (claimed === undefined || mine.member.node === claimed)) return mine;
      const listed = [own, ...peers.map(({ directory }) => directory)].flatMap((directory) => {
        const key = directory.key(keyId);
        // Listed by that very city, for a member that counts: not for one of its that we know from elsewhere.
        return key !== undefined && homeOf(key.member.node) === directory ? [key] : [];
      });
      return listed.find(({ member }) => member.node === claimed) ?? listed[0];
    },
    answering: (jurisdiction) => own.answering(jurisdiction) ?? answering.get(jurisdiction),
    jurisdictions: () => [...own.jurisdictions(), ...answering.keys()],
    // With a peer the cities have agreed by approving each other.
    agreed: (requester, jurisdiction, purpose, at) =>
      foreign.has(requester.node) ||
      (own.answering(jurisdiction) === undefined && answering.has(jurisdiction)) ||
      own.agreed(requester, jurisdiction, purpose, at),
    peerOf: (node) => foreign.get(node)?.from.peer,
  };
}

/** The peer's own gateway counts always: without it nothing that it passes on could be checked. */
function counts(member: Member, peer: Peer): boolean {
  const within = (code: string) => peer.divisions.some((prefix) => code.startsWith(prefix));
  if (!within(member.division) || !isNamed(member.node, peer)) return false;
  if (member.node === peer.city) return member.role === "city";
  if (!peer.roles.includes(member.role)) return false;
  const { jurisdiction } = member;
  return (
    jurisdiction === undefined ||
    (/^\d{6}$/.test(jurisdiction)
      ? within(jurisdiction)
      : peer.jurisdictions?.includes(jurisdiction) === true)
  );
}
