import { z } from "zod";
import { clockToleranceSeconds } from "../clock/index.ts";
import { encryptionJwkSchema, importEncryptionKey } from "../encryption/index.ts";
import { nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import { importVerifier, publicJwkSchema, type Signer, thumbprint } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import {
  type Directory,
  type Member,
  type MemberKey,
  memberSchema,
  originSchema,
} from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { openEndorsement } from "./endorsement.ts";
import { type Invitation, openInvitation } from "./invitation.ts";

export const enrolmentType = "xinqiao-enrolment+jws";
export const enrolmentMediaType = "application/jose";

/** Who vouches for the key that asks: the city that invited, or the member's own key that was there before. */
const voucherSchema = z.union([
  z.strictObject({ invitation: z.string() }),
  z.strictObject({ endorsement: z.string() }),
]);

/**
 * A request to list a key for a member: signed by that very key, which shows that whoever asks holds it
 * (PR-REGISTRY §6).
 */
export const enrolmentSchema = z.strictObject({
  aud: nodeIdSchema,
  /** Seconds since 1970. */
  iat: z.number().int().nonnegative(),
  voucher: voucherSchema,
  key: publicJwkSchema,
  /** What answers to the member are to be sealed to. */
  encryptionKey: encryptionJwkSchema.optional(),
  /** Where the member's agent is reached; absent when it only asks. */
  endpoint: originSchema.optional(),
});
export type EnrolmentRequest = z.infer<typeof enrolmentSchema>;

export function signEnrolment(request: EnrolmentRequest, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(request)), enrolmentType, signer);
}

/** A request that holds: what the member would be, and by whose word. */
export interface Enrolment {
  /** Names the voucher, which serves once. */
  readonly id: string;
  readonly by: "invitation" | "endorsement";
  /** Pending: with the one key that asks, and the one encryption key that it brings. */
  readonly member: Member;
  readonly key: MemberKey;
}

/** Against what a request is judged: the city's own registry. */
export interface EnrolmentContext {
  readonly city: string;
  readonly keys: readonly MemberKey[];
  readonly directory: Pick<Directory, "key" | "member">;
}

/**
 * Opens a request: for this city, signed by the key it brings, not from the future, its voucher good.
 * @param now milliseconds since 1970
 */
export function openEnrolment(
  text: string,
  context: EnrolmentContext,
  now: number,
): Result<Enrolment, Fault> {
  const jws = readCompact(text, enrolmentType);
  const request = jws && enrolmentSchema.safeParse(payloadOf(jws)).data;
  if (jws === undefined || request === undefined) return err(fault("enrolment.malformed"));
  if (request.encryptionKey && !importEncryptionKey(request.encryptionKey).ok) {
    return err(fault("enrolment.malformed"));
  }
  const verifier = importVerifier(request.key);
  const own = verifier.ok && jws.keyId === verifier.value.keyId && verifyCompact(jws, verifier.value);
  if (!own) return err(fault("enrolment.signature-invalid"));
  if (request.aud !== context.city) return err(fault("enrolment.for-another-city"));
  const skewSeconds = request.iat - Math.floor(now / 1000);
  if (skewSeconds > clockToleranceSeconds) {
    return err(fault("enrolment.from-the-future", undefined, { skewSeconds }));
  }
  if (context.directory.key(jws.keyId) !== undefined) return err(fault("enrolment.key-known"));
  return "invitation" in request.voucher
    ? invited(request.voucher.invitation, request, context, now)
    : endorsed(request.voucher.endorsement, request, context, now);
}

function invited(
  text: string,
  request: EnrolmentRequest,
  context: EnrolmentContext,
  now: number,
): Result<Enrolment, Fault> {
  const invitation = openInvitation(text, context, now);
  if (!invitation.ok) return invitation;
  const { jurisdiction } = invitation.value;
  if (jurisdiction !== undefined && request.endpoint === undefined) {
    return err(fault("enrolment.endpoint-missing"));
  }
  const key = keyFrom(request, now);
  const brought = { keys: [key], ...encryptionKeysFrom(request, now) };
  const member = invitedMember(invitation.value, request.endpoint, brought);
  return ok({ id: invitation.value.jti, by: "invitation", member, key });
}

function endorsed(
  text: string,
  request: EnrolmentRequest,
  context: EnrolmentContext,
  now: number,
): Result<Enrolment, Fault> {
  const opened = openEndorsement(text, context, now);
  if (!opened.ok) return opened;
  const { endorsement, member } = opened.value;
  if (endorsement.next !== thumbprint(request.key)) return err(fault("enrolment.endorsement-invalid"));
  const key = keyFrom(request, now);
  const endpoint = request.endpoint ?? member.endpoint;
  return ok({
    id: endorsement.jti,
    by: "endorsement",
    member: {
      ...member,
      keys: [key],
      ...encryptionKeysFrom(request, now),
      ...(endpoint !== undefined && { endpoint }),
    },
    key,
  });
}

const keyFrom = ({ key }: EnrolmentRequest, now: number): MemberKey => ({
  jwk: key,
  notBefore: new Date(now).toISOString(),
});

const encryptionKeysFrom = ({ encryptionKey }: EnrolmentRequest, now: number) =>
  encryptionKey && { encryptionKeys: [{ jwk: encryptionKey, notBefore: new Date(now).toISOString() }] };

function invitedMember(
  { node, name, role, division, jurisdiction, scope }: Invitation,
  endpoint: string | undefined,
  brought: Pick<Member, "keys" | "encryptionKeys">,
): Member {
  return memberSchema.parse({
    node,
    name,
    role,
    division,
    ...(jurisdiction !== undefined && { jurisdiction }),
    ...(endpoint !== undefined && { endpoint }),
    ...brought,
    scope,
    status: "pending",
  });
}
