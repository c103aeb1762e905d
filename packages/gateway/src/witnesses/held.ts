import { openCheckpoint } from "@xinqiao/protocol/checkpoint";
import type { NoteVerifier } from "@xinqiao/protocol/note";
import type { PublishedLog } from "../log/index.ts";

/** What a witness holds, beside this log. */
export type HeldJudgement =
  /** A head that this log had. */
  | { readonly kind: "agrees"; readonly size: number }
  /** Signed by this log's key, and this log never had it: it was put back, or there are two. */
  | { readonly kind: "ahead" | "forked"; readonly size: number; readonly root: string }
  /** Not signed by this log's key: the witness's word alone, and that proves nothing. */
  | { readonly kind: "unproven" };

/** @param size entries that this log holds */
export function judgeHeld(
  note: string,
  own: { readonly origin: string; readonly verifiers: readonly NoteVerifier[] },
  log: Pick<PublishedLog, "rootAt"> & { readonly size: number },
): HeldJudgement {
  const opened = openCheckpoint(note, own.origin, own.verifiers);
  if (!opened.ok) return { kind: "unproven" };
  const { size, root: held } = opened.value.checkpoint;
  const root = Buffer.from(held).toString("base64");
  if (size > log.size) return { kind: "ahead", size, root };
  return log.rootAt(size).equals(held) ? { kind: "agrees", size } : { kind: "forked", size, root };
}
