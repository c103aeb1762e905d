import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { z } from "zod";
import type { AgreementKey } from "./key.ts";
import { encryptionJwkSchema } from "./key.ts";

/** Nothing is negotiable: a key agreed on for this one text (RFC 7518 §4.6), and an authenticated cipher (§5.3). */
const alg = "ECDH-ES";
const enc = "A256GCM";

/** Both sides of an agreement. They go into the key that is derived (RFC 7518 §4.6.2): changed, nothing decrypts. */
export interface Parties {
  readonly from: string;
  readonly to: string;
}

/** A compact JWE (RFC 7516 §7.1) as far as it can be read without a key. */
export interface CompactJwe extends Parties {
  readonly keyId: string;
  /** Bytes of the plaintext: the cipher adds none. */
  readonly length: number;
  readonly text: string;
}

/** The only header we make or accept: no `zip`, `crit`, `jwk`, `jku` or `x5u` can steer who decrypts. */
const headerSchema = z.strictObject({
  alg: z.literal(alg),
  enc: z.literal(enc),
  typ: z.string(),
  kid: z.string(),
  apu: z.string(),
  apv: z.string(),
  epk: encryptionJwkSchema.strict(),
});

/** Encrypts to one key. The ephemeral key and the nonce are the operating system's randomness, made for this text alone. */
export function encryptCompact(
  plaintext: Uint8Array,
  typ: string,
  { from, to }: Parties,
  { key, keyId }: AgreementKey,
): Promise<string> {
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg, enc, typ, kid: keyId })
    .setKeyManagementParameters({ apu: Buffer.from(from), apv: Buffer.from(to) })
    .encrypt(key);
}

const nonceBytes = 12;
const tagBytes = 16;

/** Takes a compact JWE of the given `typ` apart; `undefined` when it is not one in its canonical form. */
export function readEncrypted(text: string, typ: string): CompactJwe | undefined {
  const [header, wrapped, nonce, ciphertext, tag, ...more] = text.split(".", 6).map(decodeCanonical);
  const parsed = header && readHeader(text);
  const fits =
    wrapped?.length === 0 && nonce?.length === nonceBytes && tag?.length === tagBytes && more.length === 0;
  if (!parsed || parsed.typ !== typ || !ciphertext || !fits) return undefined;
  const [from, to] = [decodeCanonical(parsed.apu), decodeCanonical(parsed.apv)];
  if (!from || !to) return undefined;
  return { keyId: parsed.kid, from: from.toString(), to: to.toString(), length: ciphertext.length, text };
}

/** The plaintext; `undefined` for any other key, and for a text of which a single character has changed. */
export async function decryptCompact(
  { text }: CompactJwe,
  { key }: AgreementKey,
): Promise<Uint8Array | undefined> {
  try {
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] };
    return (await compactDecrypt(text, key, options)).plaintext;
  } catch {
    return undefined;
  }
}

/** One ciphertext has one text, as with a JWS: no padding, no white space, no stray bits at the end. */
function decodeCanonical(segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, "base64url");
  return bytes.toString("base64url") === segment ? bytes : undefined;
}

function readHeader(text: string): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(decodeProtectedHeader(text)).data;
  } catch {
    return undefined;
  }
}
