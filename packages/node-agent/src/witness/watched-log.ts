import {
  logOrigin,
  logVerifiers,
  openCheckpoint,
  readCheckpoint,
  type SignedCheckpoint,
} from "@xinqiao/protocol/checkpoint";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { DatedKey } from "@xinqiao/protocol/keys";
import { formatNote, verifyNote } from "@xinqiao/protocol/note";
import type { WatchedLog } from "@xinqiao/protocol/witness";

/** The city's log, and the keys that its registry lists for it: retired ones too, for what they signed. */
export function watchedLog(city: NodeId, keys: readonly DatedKey[]): WatchedLog {
  return { origin: logOrigin(city), verifiers: logVerifiers(city, keys) };
}

/** This member verified it before it kept it, and nobody else writes where it lies: what cannot be read is damage. */
export function reopen(note: string): SignedCheckpoint {
  const read = readCheckpoint(note);
  if (!read.ok) throw new Error(`the checkpoint that was kept cannot be read: ${read.error.reason}`);
  return read.value;
}

/** As the log has signed it, and nothing that anybody has written beside: whoever sends a checkpoint may add lines. */
export function asSigned({ note }: SignedCheckpoint, { verifiers }: WatchedLog): string {
  const verified = verifyNote(note, verifiers);
  if (!verified.ok) throw new Error(`a checkpoint of the log is not signed by it: ${verified.error.reason}`);
  return formatNote({ text: note.text, signatures: verified.value });
}

/** Opens what the log serves of itself; nothing when it is not the log's. */
export function openServed(body: string, { origin, verifiers }: WatchedLog): SignedCheckpoint | undefined {
  const opened = openCheckpoint(body, origin, verifiers);
  return opened.ok ? opened.value : undefined;
}
