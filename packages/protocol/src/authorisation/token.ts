import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Authorisation, authorisationSchema } from "./authorisation.ts";

/** RFC 8725 §3.11: an explicit type, so that no other JWS of a member can pass for an authorisation. */
export const authorisationType = "xinqiao-authorisation+jws";

export function signAuthorisation(authorisation: Authorisation, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(authorisation)), authorisationType, signer);
}

/**
 * Reads a token: a known key, a valid signature, the payload of a subject's authorisation, and of the member whose
 * key it is, which was valid when it was signed. Whether it counts now and for what is `presentAuthorisation`'s to
 * say, and `uncovered`'s.
 */
export function openAuthorisation(
  text: string,
  directory: Pick<Directory, "key">,
): Result<Authorisation, Fault> {
  const jws = readCompact(text, authorisationType);
  if (jws === undefined) return err(fault("authorisation.malformed"));
  const known = directory.key(jws.keyId);
  if (known === undefined) return err(fault("authorisation.key-unknown"));
  if (!verifyCompact(jws, known.verifier)) return err(fault("authorisation.signature-invalid"));
  const authorisation = authorisationSchema.safeParse(payloadOf(jws)).data;
  if (authorisation === undefined) return err(fault("authorisation.malformed"));
  if (known.member.node !== authorisation.iss) return err(fault("authorisation.key-of-another-member"));
  const signedAt = authorisation.iat * 1000;
  return countsAt(known, signedAt) ? ok(authorisation) : err(fault("authorisation.key-unknown"));
}
