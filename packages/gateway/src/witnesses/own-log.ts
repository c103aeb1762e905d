import { logOrigin, logVerifiers, type SignedCheckpoint } from "@xinqiao/protocol/checkpoint";
import type { NodeReader } from "@xinqiao/protocol/log";
import type { NoteVerifier } from "@xinqiao/protocol/note";
import type { RegistryDocument } from "@xinqiao/protocol/registry";
import type { PublishedLog } from "../log/index.ts";

/** By what this city's own log is known: its retired keys too, for what they signed. */
export interface OwnLog {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
}

export function ownLog({ iss, log = [] }: Pick<RegistryDocument, "iss" | "log">): OwnLog {
  return { origin: logOrigin(iss), verifiers: logVerifiers(iss, log) };
}

/** A checkpoint as the log alone has signed it. */
export function withoutCosignatures(
  { checkpoint, note }: SignedCheckpoint,
  { verifiers }: OwnLog,
): SignedCheckpoint {
  const isOwn = (name: string, keyId: string) =>
    verifiers.some(({ key }) => key.name === name && key.id === keyId);
  const signatures = note.signatures.filter(({ name, keyId }) => isOwn(name, keyId));
  return { checkpoint, note: { ...note, signatures } };
}

export function nodeReader({ hashes }: Pick<PublishedLog, "hashes">): NodeReader {
  return (level, index) => {
    const [hash] = hashes(level, index, index + 1);
    if (hash === undefined) throw new RangeError(`the log has no node ${level}/${index}`);
    return hash;
  };
}
