import { z } from "zod";
import { labelSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import { importVerifier, isValidAt, type Signer, thumbprintSchema } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { type MemberKey, originSchema, roles, scopeSchema } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";

/** RFC 8725 §3.11: an explicit type, so that nothing else that a registry key signs can pass for an invitation. */
export const invitationType = "xinqiao-invitation+jws";

/**
 * What the city has decided about a member to be, signed by a registry key (PR-REGISTRY §6). Whoever holds it can ask
 * to be that member, once; it is the operator's comparison of the fingerprint that admits them.
 */
export const invitationSchema = z.strictObject({
  /** The city, where its gateway is reached, and which registry key the member pins. */
  iss: nodeIdSchema,
  origin: originSchema,
  registryKey: thumbprintSchema,
  jti: z.uuid(),
  /** Seconds since 1970. */
  iat: z.number().int().nonnegative(),
  exp: z.number().int().nonnegative(),
  node: nodeIdSchema,
  name: labelSchema,
  role: z.enum(roles),
  division: z.string().regex(/^\d{6}$/, "a six-digit division code"),
  jurisdiction: jurisdictionSchema.optional(),
  scope: scopeSchema,
});
export type Invitation = z.infer<typeof invitationSchema>;

export function signInvitation(invitation: Invitation, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(invitation)), invitationType, signer);
}

/** What an invitation says of itself, unverified: whoever is invited has nothing to check it by but who handed it over. */
export function readInvitation(text: string): Result<Invitation, Fault> {
  const jws = readCompact(text, invitationType);
  const invitation = jws && invitationSchema.safeParse(payloadOf(jws)).data;
  return invitation === undefined ? err(fault("enrolment.malformed")) : ok(invitation);
}

/**
 * Opens an invitation: of this city, signed by one of its registry keys, in its time.
 * @param keys of the registry held
 * @param now milliseconds since 1970
 */
export function openInvitation(
  text: string,
  { city, keys }: { readonly city: string; readonly keys: readonly MemberKey[] },
  now: number,
): Result<Invitation, Fault> {
  const jws = readCompact(text, invitationType);
  const read = readInvitation(text);
  if (jws === undefined || !read.ok) return err(fault("enrolment.malformed"));
  const signed = keys.some((key) => {
    const verifier = importVerifier(key.jwk);
    return (
      verifier.ok &&
      verifier.value.keyId === jws.keyId &&
      isValidAt(key, now) &&
      verifyCompact(jws, verifier.value)
    );
  });
  if (!signed || read.value.iss !== city) return err(fault("enrolment.invitation-not-ours"));
  if (now / 1000 >= read.value.exp) return err(fault("enrolment.invitation-expired"));
  return read;
}
