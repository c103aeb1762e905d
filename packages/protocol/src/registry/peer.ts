import { z } from "zod";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { thumbprintSchema } from "../keys/index.ts";
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
export function isInForce(
  { notBefore, notAfter }: Pick<Peer, "notBefore" | "notAfter">,
  at: number,
): boolean {
  return Date.parse(notBefore) <= at && (notAfter === undefined || at < Date.parse(notAfter));
}
