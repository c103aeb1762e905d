import type { z } from "zod";
import { clockToleranceSeconds } from "../clock/index.ts";
import type { NodeId } from "../identity/index.ts";
import { type CompactJws, payloadOf, readCompact, signCompact, verifyCompact } from "../jws/index.ts";
import { type DatedKey, importVerifier, isValidAt, type Signer } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type ChainClaims, type DocumentName, type Published, publishedHash } from "./document.ts";

/** One kind of document that a city publishes. */
export interface DocumentKind<Head extends Pick<ChainClaims, "iss" | "iat">, Document extends ChainClaims> {
  readonly name: DocumentName;
  /** RFC 8725 §3.11: an explicit type, so that nothing else a city signs can pass for it. */
  readonly type: string;
  /** As much as is needed to check the signature: nothing else of a version is looked at before. */
  readonly head: z.ZodType<Head>;
  readonly schema: z.ZodType<Document>;
}

/** Whose document is believed, and by which keys. */
export interface Belief<Head> {
  readonly city: NodeId;
  /** The key of this RFC 7638 thumbprint, or why it is not believed. */
  readonly keyOf: (keyId: string, head: Head) => Result<DatedKey, Fault>;
}

export function signPublished(
  document: ChainClaims,
  { type }: { readonly type: string },
  signer: Signer,
): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(document)), type, signer);
}

/**
 * Opens one version: of the city believed, signed by a key believed and valid when it was signed, of the shape of
 * its kind, and not from the future. Whether its content is sound is its kind's to say.
 * @param now milliseconds since 1970
 */
export function openPublished<Head extends Pick<ChainClaims, "iss" | "iat">, Document extends ChainClaims>(
  text: string,
  { name, type, head: headSchema, schema }: DocumentKind<Head, Document>,
  { city, keyOf }: Belief<Head>,
  now: number,
): Result<Published<Document>, Fault> {
  const jws = readCompact(text, type);
  const payload = jws && payloadOf(jws);
  const head = headSchema.safeParse(payload).data;
  if (jws === undefined || head === undefined) return err(fault(`${name}.malformed`));
  if (head.iss !== city) return err(fault(`${name}.of-another-city`));
  const key = keyOf(jws.keyId, head);
  if (!key.ok) return key;
  if (!isValidAt(key.value, head.iat * 1000)) return err(fault(`${name}.key-not-valid`));
  if (!verifies(jws, key.value)) return err(fault(`${name}.signature-invalid`));
  const document = schema.safeParse(payload).data;
  if (document === undefined) return err(fault(`${name}.malformed`));
  const ahead = document.iat - Math.floor(now / 1000);
  if (ahead > clockToleranceSeconds) {
    return err(fault(`${name}.from-the-future`, undefined, { skewSeconds: ahead }));
  }
  return ok({ document, text, hash: publishedHash(text) });
}

function verifies(jws: CompactJws, { jwk }: DatedKey): boolean {
  const verifier = importVerifier(jwk);
  return verifier.ok && verifyCompact(jws, verifier.value);
}
