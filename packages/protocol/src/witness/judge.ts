import type { SignedCheckpoint } from "../checkpoint/index.ts";
import { verifyConsistency } from "../log/index.ts";
import { type NoteVerifier, verifyNote } from "../note/index.ts";
import type { AddCheckpoint } from "./request.ts";

/** A log that a witness watches, and the keys it believes are the log's. */
export interface WatchedLog {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
}

/** Two checkpoints that the log signed, for people to hold against it. */
export interface Evidence {
  readonly held: SignedCheckpoint;
  readonly offered: SignedCheckpoint;
}

export type WitnessJudgement =
  /** It extends what the witness holds: to be kept first, and cosigned then. */
  | { readonly kind: "cosign"; readonly offered: SignedCheckpoint }
  | { readonly kind: "unknown-origin"; readonly origin: string }
  /** No key of the log has signed it, or one of them has not signed this. */
  | { readonly kind: "signature-invalid" }
  /** The request contradicts itself. */
  | { readonly kind: "old-size-too-large" }
  /** The log believes the witness to be elsewhere: it is told where, and asks again. */
  | { readonly kind: "conflict"; readonly heldSize: number }
  /** Two trees of one size: the log has shown different pasts to different parties, and signed both. */
  | { readonly kind: "fork"; readonly heldSize: number; readonly evidence: Evidence }
  /**
   * Smaller than what the witness holds. The log may have lost leaves that it signed for, or been put back to an older
   * state; or somebody has sent an old checkpoint again, which anybody can.
   */
  | { readonly kind: "rolled-back"; readonly heldSize: number; readonly evidence: Evidence }
  /** Not shown to extend what the witness holds. */
  | { readonly kind: "proof-invalid"; readonly evidence?: Evidence };

/**
 * What a witness does about a checkpoint. It cosigns one that extends what it has cosigned before and nothing else;
 * what it keeps and when is the caller's: judging and keeping are one step, or two requests at once go back in time.
 * @param held the checkpoint of this log that it cosigned last
 */
export function judgeCheckpoint(
  held: SignedCheckpoint | undefined,
  { oldSize, proof, offered }: AddCheckpoint,
  { origin, verifiers }: WatchedLog,
): WitnessJudgement {
  const { checkpoint, note } = offered;
  if (checkpoint.origin !== origin) return { kind: "unknown-origin", origin: checkpoint.origin };
  if (!verifyNote(note, verifiers).ok) return { kind: "signature-invalid" };
  if (oldSize > checkpoint.size) return { kind: "old-size-too-large" };
  if (held === undefined) return judgeFirst(oldSize, proof, offered);
  const heldSize = held.checkpoint.size;
  const evidence = { held, offered };
  if (checkpoint.size < heldSize) return { kind: "rolled-back", heldSize, evidence };
  if (checkpoint.size === heldSize && !sameRoot(held, offered)) return { kind: "fork", heldSize, evidence };
  if (oldSize !== heldSize) return { kind: "conflict", heldSize };
  return extendsHeld(held, proof, offered)
    ? { kind: "cosign", offered }
    : { kind: "proof-invalid", evidence };
}

/** Whatever is shown first is believed: a witness can only say that nothing has changed since. */
function judgeFirst(
  oldSize: number,
  proof: readonly Uint8Array[],
  offered: SignedCheckpoint,
): WitnessJudgement {
  if (oldSize !== 0) return { kind: "conflict", heldSize: 0 };
  return proof.length === 0 ? { kind: "cosign", offered } : { kind: "proof-invalid" };
}

function extendsHeld(
  { checkpoint: old }: SignedCheckpoint,
  proof: readonly Uint8Array[],
  { checkpoint: next }: SignedCheckpoint,
): boolean {
  // Every tree extends the empty one: of that there is nothing to prove.
  if (old.size === 0) return proof.length === 0;
  return verifyConsistency({
    oldSize: old.size,
    newSize: next.size,
    oldRoot: old.root,
    newRoot: next.root,
    proof,
  });
}

function sameRoot(one: SignedCheckpoint, other: SignedCheckpoint): boolean {
  return Buffer.compare(one.checkpoint.root, other.checkpoint.root) === 0;
}
