import type { NodeId } from "../identity/index.ts";
import type { DatedKey } from "../keys/index.ts";
import { type NoteKey, type NoteVerifier, noteKey, noteVerifier } from "../note/index.ts";
import type { Member } from "../registry/index.ts";
import { logOrigin, witnessName } from "./names.ts";

/**
 * What verifies the checkpoints of a city's log: the keys its registry lists in `log`. A checkpoint says no time, so a
 * key whose window is over verifies the old ones still; whoever asks for a new one gives the keys that count now.
 */
export function logVerifiers(city: NodeId, keys: readonly Pick<DatedKey, "jwk">[]): readonly NoteVerifier[] {
  return keys.map(({ jwk }) => noteVerifier(noteKey("signature", logOrigin(city), jwk)));
}

/** A key of a member that cosigns, and when it counts. */
export interface Witness extends Omit<DatedKey, "jwk"> {
  readonly member: NodeId;
  readonly key: NoteKey<"cosignature">;
}

export function witnessOf(member: NodeId, { jwk, ...window }: DatedKey): Witness {
  return { member, key: noteKey("cosignature", witnessName(member), jwk), ...window };
}

/** Everybody whose cosignature may count: each key of each member that takes part now. */
export function witnessesOf(
  members: readonly Pick<Member, "node" | "status" | "keys">[],
): readonly Witness[] {
  return members
    .filter(({ status }) => status === "active")
    .flatMap(({ node, keys }) => keys.map((key) => witnessOf(node, key)));
}
