import type { z } from "zod";
import type { NodeId } from "../identity/index.ts";
import { payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import type { Signer } from "../keys/index.ts";
import { countsAt, type Directory } from "./directory.ts";

/** What a member says with its signature: who says it, and when, in seconds since 1970. */
export interface Word {
  readonly iss: NodeId;
  readonly iat: number;
}

export interface WordKind<Said extends Word> {
  /** RFC 8725 §3.11: so that no other JWS of the member can pass for it. */
  readonly type: string;
  readonly schema: z.ZodType<Said>;
}

export function signWord<Said extends Word>(
  { type }: Pick<WordKind<Said>, "type">,
  said: Said,
  signer: Signer,
): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(said)), type, signer);
}

/** Opens what the member expected has said, signed with a key that counted then. */
export function openWord<Said extends Word>(
  { type, schema }: WordKind<Said>,
  text: string,
  by: NodeId,
  directory: Pick<Directory, "key">,
): Said | undefined {
  const jws = readCompact(text, type);
  const said = jws && schema.safeParse(payloadOf(jws)).data;
  if (jws === undefined || said?.iss !== by) return undefined;
  const known = directory.key(jws.keyId, by);
  if (known?.member.node !== by || !countsAt(known, said.iat * 1000)) return undefined;
  return verifyCompact(jws, known.verifier) ? said : undefined;
}
