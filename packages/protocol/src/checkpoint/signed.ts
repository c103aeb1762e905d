import {
  type Note,
  type NoteFault,
  type NoteSigner,
  type NoteVerifier,
  parseNote,
  signNote,
  verifyNote,
} from "../note/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";

/** A checkpoint that its log has signed, with the note that shows it. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
}

export type CheckpointFault =
  | NoteFault
  /** A checkpoint, but of another log. */
  | { readonly reason: "other-origin"; readonly origin: string };

/** A checkpoint as it travels, signed by its log. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  signers: readonly NoteSigner[],
): Promise<string> {
  const text = formatCheckpoint(checkpoint);
  if (parseCheckpoint(text) === undefined) throw new RangeError("not a checkpoint: origin, size or root");
  return await signNote(text, signers);
}

/** Reads a checkpoint without believing it: good for finding out whose it says it is. */
export function readCheckpoint(raw: Uint8Array | string): Result<SignedCheckpoint, NoteFault> {
  const note = parseNote(raw);
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  return checkpoint === undefined
    ? err({ reason: "malformed", detail: "not origin, size and root" })
    : ok({ checkpoint, note: note.value });
}

/** Opens a log's checkpoint: of that origin, and signed by a key that is the log's. Who cosigned it is not looked at. */
export function openCheckpoint(
  raw: Uint8Array | string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): Result<SignedCheckpoint, CheckpointFault> {
  const read = readCheckpoint(raw);
  if (!read.ok) return read;
  const { checkpoint, note } = read.value;
  if (checkpoint.origin !== origin) return err({ reason: "other-origin", origin: checkpoint.origin });
  const verified = verifyNote(note, verifiers);
  return verified.ok ? read : verified;
}
