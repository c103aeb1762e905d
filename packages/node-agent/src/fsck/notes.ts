import {
  type Checkpoint,
  logVerifiers,
  nodeOf,
  readCheckpoint,
  type SignedCheckpoint,
  verifyCosignatures,
  type Witness,
  witnessOf,
} from "@xinqiao/protocol/checkpoint";
import {
  type NoteFault,
  type NoteVerifier,
  noteVerifier,
  parseVerifierKey,
  verifyNote,
} from "@xinqiao/protocol/note";
import { type RegistryDocument, registryDocumentSchema } from "@xinqiao/protocol/registry";
import { CommandError } from "@xinqiao/runtime/cli";
import type { Find } from "./finding.ts";
import type { KeptNote } from "./source/index.ts";

/** Whose signatures count, as texts: they cross to the threads. */
export interface CheckedBy {
  /** Verifier keys of the log, as C2SP writes them. */
  readonly originKeys: readonly string[];
  /** A version of the city's registry, its document as JSON: whose the witnesses' keys are. Taken as it is given. */
  readonly registry?: string;
}

export interface JudgedNote {
  readonly checkpoint: Checkpoint;
  /** Whose cosignatures hold. */
  readonly cosigners: readonly string[];
}

export interface NoteCheck {
  /** Nothing, when it is no checkpoint at all. */
  judge(kept: KeptNote): JudgedNote | undefined;
}

export function createNoteCheck(by: CheckedBy, find: Find): NoteCheck {
  const registry = by.registry === undefined ? undefined : parseRegistry(by.registry);
  const verifiers = [...by.originKeys.map(originVerifier), ...(registry ? registryVerifiers(registry) : [])];
  const witnesses = (registry?.members ?? []).flatMap(({ node, keys }) =>
    keys.map((key) => witnessOf(node, key)),
  );
  return {
    judge({ size, note }) {
      const name = `checkpoint ${size}`;
      const read = readCheckpoint(note);
      if (!read.ok) {
        find("checkpoint-malformed", name, "detail" in read.error ? read.error.detail : read.error.reason);
        return undefined;
      }
      if (read.value.checkpoint.size !== size)
        find("checkpoint-malformed", name, "of another size than listed");
      if (verifiers.length > 0) checkSignature(name, read.value, verifiers, find);
      return { checkpoint: read.value.checkpoint, cosigners: cosigners(name, read.value, witnesses, find) };
    },
  };
}

function parseRegistry(json: string): RegistryDocument {
  return registryDocumentSchema.parse(JSON.parse(json));
}

function originVerifier(text: string): NoteVerifier {
  const key = parseVerifierKey(text);
  if (!key.ok) throw new CommandError(`--origin-key: ${key.error}`);
  if (!isLogKey(key.value))
    throw new CommandError("--origin-key: a key that cosigns is none of a log · 非日志公钥");
  return noteVerifier(key.value);
}

const isLogKey = <K extends { readonly use: string }>(key: K): key is K & { readonly use: "signature" } =>
  key.use === "signature";

const registryVerifiers = ({ iss, log = [] }: RegistryDocument) => logVerifiers(iss, log);

function checkSignature(
  name: string,
  { checkpoint: { origin }, note }: SignedCheckpoint,
  verifiers: readonly NoteVerifier[],
  find: Find,
): void {
  if (!verifiers.some(({ key }) => key.name === origin)) {
    find("checkpoint-origin", name, nodeOf(origin) ?? "unknown");
    return;
  }
  const verified = verifyNote(note, verifiers);
  if (!verified.ok) find(signatureFinding(verified.error), name);
}

const signatureFinding = ({ reason }: NoteFault) =>
  reason === "unsigned" ? "checkpoint-unsigned" : "checkpoint-signature";

function cosigners(
  name: string,
  { note }: SignedCheckpoint,
  witnesses: readonly Witness[],
  find: Find,
): string[] {
  if (witnesses.length === 0) return [];
  const verified = verifyCosignatures(note, witnesses);
  if (!verified.ok) {
    find(
      "checkpoint-cosignature",
      name,
      "name" in verified.error ? verified.error.name : verified.error.reason,
    );
    return [];
  }
  return [...new Set(verified.value.map(({ member }) => member))].sort();
}
