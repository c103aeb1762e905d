import type { AgreementKey } from "@xinqiao/protocol/encryption";
import { mustBeSealed } from "@xinqiao/protocol/exchange";
import type { DisclosureRequest, Rule } from "@xinqiao/protocol/policy";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { encryptionKeyAt } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";

/**
 * What the records are sealed to: nothing when they need not be, a fault when they must and cannot.
 * @param at milliseconds since 1970
 */
export function sealingKey(
  { requester, items, purpose }: Pick<DisclosureRequest, "requester" | "items" | "purpose">,
  at: number,
): Result<AgreementKey | undefined, Fault> {
  if (!mustBeSealed(items, purpose)) return ok(undefined);
  const key = encryptionKeyAt(requester, at);
  return key === undefined ? err(fault("answer.no-encryption-key")) : ok(key);
}

/** The last step of a node's decision: nothing leaves in the clear for want of a key. */
export const requesterCanUnseal = (at: number): Rule => ({
  name: "requester-can-unseal",
  check(request) {
    const key = sealingKey(request, at);
    return key.ok ? undefined : key.error;
  },
});
