import type { z } from "zod";
import type { NodeId } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { countsAt, type Directory } from "../registry/index.ts";

/** A statement of one signer, as a compact JWS of its own `typ`. */
export function statementOf<Claims extends { readonly iss: NodeId; readonly iat: number }>(
  typ: string,
  schema: z.ZodType<Claims>,
) {
  return {
    sign: (claims: Claims, signer: Signer): Promise<string> =>
      signCompact(Buffer.from(JSON.stringify(claims)), typ, signer),
    /** Opens one of the signer expected, signed with a key that counted then. */
    open(text: string, by: NodeId, directory: Pick<Directory, "key">): Claims | undefined {
      const jws = readCompact(text, typ);
      const claims = jws && schema.safeParse(payloadOf(jws)).data;
      if (jws === undefined || claims?.iss !== by) return undefined;
      const known = directory.key(jws.keyId, by);
      if (known?.member.node !== by || !countsAt(known, claims.iat * 1000)) return undefined;
      return verifyCompact(jws, known.verifier) ? claims : undefined;
    },
  };
}
