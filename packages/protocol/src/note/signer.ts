import { importLater, type Signer, thumbprint } from "../keys/index.ts";
import type { NoteKey } from "./key.ts";
import { formatNote, type NoteSignature } from "./note.ts";
import { isNoteText } from "./text.ts";

/** Signs a note's text as one key. */
export interface NoteSigner {
  sign(text: string): Promise<NoteSignature>;
}

/** Verifies signature lines of one key. Returns false for anything but a valid one; never throws. */
export interface NoteVerifier {
  readonly key: NoteKey;
  verify(text: string, signature: Uint8Array): boolean;
}

export function noteSigner(key: NoteKey<"signature">, signer: Signer): NoteSigner {
  assertSame(key, signer);
  return {
    sign: async (text) => signatureOf(key, await signer.sign(Buffer.from(text))),
  };
}

export function noteVerifier(key: NoteKey<"signature">): NoteVerifier {
  const verifier = importLater(key.jwk);
  return { key, verify: (text, signature) => verifier.verify(Buffer.from(text), signature) };
}

/** The whole note: text, empty line, and each signer's line. */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  if (!isNoteText(text)) throw new RangeError("a note's text is lines without control characters");
  if (signers.length === 0) throw new RangeError("a note is signed by somebody");
  return formatNote({ text, signatures: await Promise.all(signers.map((signer) => signer.sign(text))) });
}

export function signatureOf({ name, id }: NoteKey, bytes: Uint8Array): NoteSignature {
  return { name, keyId: id, bytes };
}

/** A signer stands for one key and no other: a line under another's name and id would verify nowhere. */
export function assertSame({ jwk }: NoteKey, { keyId }: Signer): void {
  if (thumbprint(jwk) !== keyId) throw new Error("the signer's key is not the note's key");
}
