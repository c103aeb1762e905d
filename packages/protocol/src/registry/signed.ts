import type { NodeId } from "../identity/index.ts";
import { payloadOf, readCompact } from "../jws/index.ts";
import { importLater, type Signer, thumbprint } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import {
  type Belief,
  type DocumentKind,
  openPublished,
  type Published,
  publishedHash,
  publishedMediaType,
  signPublished,
} from "../published/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import {
  buildDirectory,
  createDirectory,
  type Directory,
  type DirectoryBuilder,
  type ImportKey,
} from "./directory.ts";
import {
  type RegistryDocument,
  type RegistryHead,
  registryDocumentSchema,
  registryHeadSchema,
} from "./document.ts";
import { peerFaults } from "./peer.ts";
import { suiteFaults } from "./suites.ts";

export const registryType = "xinqiao-registry+jws";

export const registryMediaType = publishedMediaType;

const kind: DocumentKind<RegistryHead, RegistryDocument> = {
  name: "registry",
  type: registryType,
  head: registryHeadSchema,
  schema: registryDocumentSchema,
};

export function signRegistry(document: RegistryDocument, signer: Signer): Promise<string> {
  return signPublished(document, kind, signer);
}

/** What a version is known by: SHA-256 of its text, base64url. */
export const registryHash = publishedHash;

/** Whose registry is believed, and by which keys (RFC 7638 thumbprints): pinned at enrolment, then carried on. */
export interface RegistryAnchor {
  readonly city: NodeId;
  readonly keyIds: ReadonlySet<string>;
}

/** A version that was verified, ready for use. */
export interface Registry extends Published<RegistryDocument> {
  readonly directory: Directory;
}

/**
 * Opens one version: of the city believed, signed by a key believed that the version itself lists as valid when it
 * was signed, not from the future, and sound. Whether it may follow the version held is `succeed`'s to say.
 * @param now milliseconds since 1970
 */
export function openRegistry(text: string, anchor: RegistryAnchor, now: number): Result<Registry, Fault> {
  const opened = openPublished(text, kind, beliefOf(anchor), now);
  if (!opened.ok) return opened;
  const directory = openDocument(opened.value.document, checkedBefore);
  if (!directory.ok) return err(fault("registry.unsound", directory.error.join("; ")));
  return ok({ ...opened.value, directory: directory.value });
}

/** Who signed a version checked the keys before (PR-REGISTRY §2). */
const checkedBefore: ImportKey = (jwk) => ok(importLater(jwk));

/** A directory of the members of a version that `openRegistry` has opened elsewhere. */
export function buildOpened(): DirectoryBuilder {
  return buildDirectory(checkedBefore);
}

/** A key is believed because the anchor names it, and only while the version lists it too. */
function beliefOf({ city, keyIds }: RegistryAnchor): Belief<RegistryHead> {
  return {
    city,
    keyOf(keyId, { keys }) {
      if (!keyIds.has(keyId)) return err(fault("registry.key-unknown"));
      const listed = keys.find(({ jwk }) => thumbprint(jwk) === keyId);
      return listed === undefined ? err(fault("registry.key-not-valid")) : ok(listed);
    },
  };
}

/** The members of a version that is sound: none contradicts another, and no key is of a suite it does not list. */
export function openDocument(
  document: RegistryDocument,
  importKey?: ImportKey,
): Result<Directory, readonly string[]> {
  const directory = createDirectory(document, importKey);
  const { iss, members, peers = [] } = document;
  const division = members.find(({ node }) => node === iss)?.division;
  const faults = [
    ...(directory.ok ? [] : directory.error),
    ...suiteFaults(document),
    ...(directory.ok ? logKeyFaults(document, directory.value) : []),
    ...peerFaults(iss, division, peers),
  ];
  return faults.length > 0 ? err(faults) : directory;
}

/** What signs checkpoints signs nothing else: a member's message must never pass for one. */
function logKeyFaults({ log = [] }: RegistryDocument, directory: Directory): readonly string[] {
  return log
    .map(({ jwk }) => thumbprint(jwk))
    .filter((keyId) => directory.key(keyId) !== undefined)
    .map((keyId) => `key ${keyId} is the log's and a member's`);
}

/**
 * Opens a version that this node took before and has kept: nobody else writes where it lies, so the keys it lists
 * itself are believed. Finds damage, not deceit.
 */
export function reopenRegistry(text: string, now: number): Result<Registry, Fault> {
  const jws = readCompact(text, registryType);
  const head = registryHeadSchema.safeParse(jws && payloadOf(jws)).data;
  if (head === undefined) return err(fault("registry.malformed"));
  return openRegistry(text, anchorOf(head), now);
}

/** The keys that may sign what comes after a version. */
export function anchorOf({ iss, keys }: Pick<RegistryDocument, "iss" | "keys">): RegistryAnchor {
  return { city: iss, keyIds: new Set(keys.map(({ jwk }) => thumbprint(jwk))) };
}
