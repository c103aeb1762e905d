import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** What is kept beside an entry comes in parts: with the entry's own write, and what was there only later. */
export type Part = "entry" | "response";

export interface Place {
  readonly entry: number;
  readonly part: Part;
}

const algorithm = "aes-256-gcm";
export const sealingKeyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A shorter text hardly gets shorter, and the time goes with every append. */
const worthPacking = 512;
/** How a zstd frame begins (RFC 8878 §3.1.1); no JSON begins so. */
const frame = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Where it lies is authenticated with it: what is moved to another entry, or another part, does not open. */
const associated = ({ entry, part }: Place) => Buffer.from(`xinqiao evidence\n${entry}\n${part}`);

/** Nonce, ciphertext, tag. One key seals far fewer than 2^32 texts, so that nonces may be random. */
export function seal(key: Uint8Array, place: Place, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  // A key as an object: from its bytes alone it takes four times as long.
  const cipher = createCipheriv(algorithm, createSecretKey(key), nonce);
  cipher.setAAD(associated(place));
  const sealed = cipher.update(text.length < worthPacking ? text : zstdCompressSync(text, compression));
  return Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

/** Nothing when it is not what was sealed in that place under that key. */
export function unseal(key: Uint8Array, place: Place, sealed: Uint8Array): string | undefined {
  try {
    const end = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(associated(place));
    decipher.setAuthTag(sealed.subarray(end));
    const opened = decipher.update(sealed.subarray(nonceBytes, end));
    const bytes = Buffer.concat([opened, decipher.final()]);
    const packed = bytes.subarray(0, frame.length).equals(frame);
    return (packed ? zstdDecompressSync(bytes) : bytes).toString("utf8");
  } catch {
    return undefined;
  }
}
