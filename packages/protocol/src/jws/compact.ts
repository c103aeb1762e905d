import { decodeProtectedHeader } from "jose";
import { z } from "zod";
import type { Signer, Suite, Verifier } from "../keys/index.ts";

/** A compact JWS (RFC 7515 §7.1) taken apart, not yet verified. */
export interface CompactJws {
  readonly keyId: string;
  readonly algorithm: string;
  readonly payload: Uint8Array;
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** The only header we make or accept: no `crit`, `jwk`, `jku` or `x5u` can steer a verifier. */
const headerSchema = z.strictObject({ alg: z.string(), kid: z.string(), typ: z.string() });

/**
 * Signs through the Signer port rather than with a library's own keys, so that a key may live in an
 * HSM and a suite may be one JOSE has no name for (docs/decisions/0006).
 */
export async function signCompact(payload: Uint8Array, typ: string, signer: Signer): Promise<string> {
  const header = JSON.stringify({ alg: signer.suite.joseAlgorithm, kid: signer.keyId, typ });
  const input = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
  const pending = signer.sign(Buffer.from(input));
  const signature = pending instanceof Uint8Array ? pending : await pending;
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}

/** Takes a compact JWS of the given `typ` apart; `undefined` when it is not one. */
export function readCompact(text: string, typ: string): CompactJws | undefined {
  const [protectedHeader, payload, signature, ...more] = text.split(".", 4).map(decodeCanonical);
  if (!protectedHeader || !payload || !signature || more.length > 0) return undefined;
  const header = readHeader(text);
  if (header === undefined || header.typ !== typ) return undefined;
  return {
    keyId: header.kid,
    algorithm: header.alg,
    payload,
    signingInput: Buffer.from(text.slice(0, text.lastIndexOf("."))),
    signature,
  };
}

/**
 * Base64url in its one canonical form: no padding, no white space, no stray bits at the end. Otherwise
 * one signature would have many texts, and the log commits to the text.
 */
function decodeCanonical(segment: string): Uint8Array | undefined {
  const bytes = Buffer.from(segment, "base64url");
  return bytes.length > 0 && bytes.toString("base64url") === segment ? bytes : undefined;
}

function readHeader(text: string): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(decodeProtectedHeader(text)).data;
  } catch {
    return undefined;
  }
}

/** RFC 8725 §3.1: the algorithm is the key's, never the message's own choice. */
export function algorithmFits(jws: CompactJws, suite: Suite): boolean {
  return jws.algorithm === suite.joseAlgorithm;
}

export function verifyCompact(jws: CompactJws, verifier: Verifier): boolean {
  return algorithmFits(jws, verifier.suite) && verifier.verify(jws.signingInput, jws.signature);
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The payload as JSON; `undefined` when it is none. */
export function payloadOf({ payload }: Pick<CompactJws, "payload">): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return undefined;
  }
}
