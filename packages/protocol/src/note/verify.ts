import { err, ok, type Result } from "../result/index.ts";
import type { NoteFault } from "./fault.ts";
import { formatSignature, type Note, type NoteSignature } from "./note.ts";
import type { NoteVerifier } from "./signer.ts";

/**
 * The lines of keys that are known, each verified. Lines of others are passed over, even under a known name or id; one
 * that fails refuses the whole note (C2SP signed-note). One that is repeated is verified and counted once: whoever
 * repeats it has nothing of its own to say, and verifying takes time. None at all is for the caller to judge.
 */
export function verifiedSignatures(
  { text, signatures }: Note,
  verifiers: readonly NoteVerifier[],
): Result<readonly NoteSignature[], NoteFault> {
  const verified = new Map<string, NoteSignature>();
  for (const signature of signatures) {
    const { name, keyId, bytes } = signature;
    const known = verifiers.filter(({ key }) => key.name === name && key.id === keyId);
    const line = formatSignature(signature);
    if (known.length === 0 || verified.has(line)) continue;
    // An id is four bytes of a hash: two keys of one name may share it, and either may have signed.
    if (!known.some((verifier) => verifier.verify(text, bytes))) {
      return err({ reason: "signature-invalid", name, keyId });
    }
    verified.set(line, signature);
  }
  return ok([...verified.values()]);
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
