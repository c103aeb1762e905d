import { createHash } from "node:crypto";
import { z } from "zod";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { isValidAt, thumbprintSchema } from "../keys/index.ts";
import { originSchema, roles } from "./member.ts";

/** The leading digits of GB/T 2260 codes: `4419` is Dongguan with everything in it. */
const divisionPrefixSchema = z
  .string()
  .regex(/^(?:\d{2}|\d{4}|\d{6})$/, "two, four or six digits of a division");

/**
 * Another city's gateway, as this city has approved it: a foreign anchor. What that city's registry says of its members
 * counts here only within these bounds, and what it says of its own peers counts nothing (PR-REGISTRY §7).
 */
export const peerSchema = z.strictObject({
  city: nodeIdSchema,
  /** Where its gateway is reached. */
  origin: originSchema,
  /** Thumbprints of its registry keys, as that city gave them by another way. */
  keys: z.array(thumbprintSchema).min(1).max(8),
  /** Node ids of its members are one of these, or begin with one and a hyphen: no peer takes another's names. */
  names: z.array(nodeIdSchema).min(1),
  /** Members count when their division, and what they answer for, lie under one of these. */
  divisions: z.array(divisionPrefixSchema).min(1),
  /** Jurisdictions without a code of their own, which no prefix covers. */
  jurisdictions: z.array(jurisdictionSchema).optional(),
  roles: z.array(z.enum(roles)).min(1),
  /** Of the agreement between the two cities. */
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime().optional(),
});
export type Peer = z.infer<typeof peerSchema>;

/** Whether the agreement with a peer is in force. @param at milliseconds since 1970 */
export function isInForce(agreement: Pick<Peer, "notBefore" | "notAfter">, at: number): boolean {
  return isValidAt(agreement, at);
}

/** What was taken of a peer is kept under this name: with other keys it is another beginning. */
export function anchorName({ city, keys }: Pick<Peer, "city" | "keys">): string {
  const hash = createHash("sha256")
    .update([...keys].sort().join())
    .digest("hex");
  return `${city}-${hash.slice(0, 12)}`;
}

/** Whether a node id is among a peer's names. */
export function isNamed(node: string, { city, names }: Pick<Peer, "city" | "names">): boolean {
  return node === city || names.some((name) => node === name || node.startsWith(`${name}-`));
}

/** Names that two peers, or a peer and the city itself, would both claim; places that the city has kept for itself. */
export function peerFaults(city: string, division: string | undefined, peers: readonly Peer[]): string[] {
  const faults: string[] = [];
  for (const [at, peer] of peers.entries()) {
    for (const other of peers.slice(at + 1)) {
      const both = [...peer.names, peer.city].some((name) => isNamed(name, other) || clashes(name, other));
      if (both || peer.city === other.city)
        faults.push(`peers ${peer.city} and ${other.city} claim one name`);
    }
    if (isNamed(city, peer)) faults.push(`peer ${peer.city} claims the name of ${city}`);
    const own = division?.slice(0, 4);
    if (
      own !== undefined &&
      peer.divisions.some((prefix) => own.startsWith(prefix) || prefix.startsWith(own))
    ) {
      faults.push(`peer ${peer.city} claims divisions of ${city}`);
    }
  }
  return faults;
}

const clashes = (name: string, { names, city }: Pick<Peer, "names" | "city">) =>
  [...names, city].some((other) => other.startsWith(`${name}-`));
