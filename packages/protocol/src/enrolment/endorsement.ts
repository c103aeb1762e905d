import { z } from "zod";
import { nodeIdSchema } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import { type Signer, thumbprintSchema } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { countsAt, type Directory, type Member } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";

export const endorsementType = "xinqiao-endorsement+jws";

/** A member's word, signed by a key that the registry lists for it, that another key is its own too. */
export const endorsementSchema = z.strictObject({
  iss: nodeIdSchema,
  aud: nodeIdSchema,
  jti: z.uuid(),
  /** Seconds since 1970. */
  iat: z.number().int().nonnegative(),
  exp: z.number().int().nonnegative(),
  /** RFC 7638 thumbprint of the key that follows. */
  next: thumbprintSchema,
});
export type Endorsement = z.infer<typeof endorsementSchema>;

/** An endorsement is good for as long as a member may need to bring it to a city that is away. */
export const endorsementLifetimeSeconds = 7 * 86_400;

export function signEndorsement(endorsement: Endorsement, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(endorsement)), endorsementType, signer);
}

/** An endorsement that holds, and the member that gave it. */
export interface Endorsed {
  readonly endorsement: Endorsement;
  readonly member: Member;
}

/** @param now milliseconds since 1970 */
export function openEndorsement(
  text: string,
  { city, directory }: { readonly city: string; readonly directory: Pick<Directory, "key"> },
  now: number,
): Result<Endorsed, Fault> {
  const jws = readCompact(text, endorsementType);
  const endorsement = jws && endorsementSchema.safeParse(payloadOf(jws)).data;
  if (jws === undefined || endorsement === undefined) return err(fault("enrolment.malformed"));
  const known = directory.key(jws.keyId);
  const holds =
    known !== undefined &&
    known.member.node === endorsement.iss &&
    known.member.status !== "left" &&
    countsAt(known, now) &&
    verifyCompact(jws, known.verifier);
  if (!holds || endorsement.aud !== city) return err(fault("enrolment.endorsement-invalid"));
  const seconds = now / 1000;
  if (seconds >= endorsement.exp || endorsement.exp - endorsement.iat > endorsementLifetimeSeconds) {
    return err(fault("enrolment.endorsement-expired"));
  }
  return ok({ endorsement, member: known.member });
}
