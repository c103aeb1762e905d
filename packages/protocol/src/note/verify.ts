import { err, ok, type Result } from "../result/index.ts";
import type { NoteFault } from "./fault.ts";
import type { Note, NoteSignature } from "./note.ts";
import type { NoteVerifier } from "./signer.ts";

/**
 * The lines of keys that are known, each verified. Lines of others are passed over, even under a known name or id; one
 * that fails refuses the whole note (C2SP signed-note). None at all is for the caller to judge.
 */
export function verifiedSignatures(
  { text, signatures }: Note,
  verifiers: readonly NoteVerifier[],
): Result<readonly NoteSignature[], NoteFault> {
  const verified: NoteSignature[] = [];
  for (const signature of signatures) {
    const { name, keyId, bytes } = signature;
    const known = verifiers.filter(({ key }) => key.name === name && key.id === keyId);
    if (known.length === 0) continue;
    // An id is four bytes of a hash: two keys of one name may share it, and either may have signed.
    if (!known.some((verifier) => verifier.verify(text, bytes))) {
      return err({ reason: "signature-invalid", name, keyId });
    }
    verified.push(signature);
  }
  return ok(verified);
}

/** As above, of a note that some known key must have signed. */
export function verifyNote(
  note: Note,
  verifiers: readonly NoteVerifier[],
): Result<readonly [NoteSignature, ...NoteSignature[]], NoteFault> {
  const verified = verifiedSignatures(note, verifiers);
  if (!verified.ok) return verified;
  const [first, ...rest] = verified.value;
  return first === undefined ? err({ reason: "unsigned" }) : ok([first, ...rest]);
}
