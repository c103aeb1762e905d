import { createHash } from "node:crypto";
import { clockToleranceSeconds } from "../clock/index.ts";
import type { NodeId } from "../identity/index.ts";
import { algorithmFits, type CompactJws, readCompact, signCompact } from "../jws/index.ts";
import { importLater, importVerifier, type Signer, thumbprint } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { createDirectory, type Directory, type ImportKey } from "./directory.ts";
import {
  type RegistryDocument,
  type RegistryHead,
  registryDocumentSchema,
  registryHeadSchema,
} from "./document.ts";
import { isValidAt } from "./member.ts";
import { suiteFaults } from "./suites.ts";

/** RFC 8725 §3.11: an explicit type, so that no other JWS of a city can pass for its registry. */
export const registryType = "xinqiao-registry+jws";

export const registryMediaType = "application/jose";

export function signRegistry(document: RegistryDocument, signer: Signer): Promise<string> {
  return signCompact(Buffer.from(JSON.stringify(document)), registryType, signer);
}

/** What a version is known by: SHA-256 of its text, base64url. */
export function registryHash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Whose registry is believed, and by which keys (RFC 7638 thumbprints): pinned at enrolment, then carried on. */
export interface RegistryAnchor {
  readonly city: NodeId;
  readonly keyIds: ReadonlySet<string>;
}

/** A version that was verified, ready for use. */
export interface Registry {
  readonly document: RegistryDocument;
  readonly directory: Directory;
  /** As it came. */
  readonly text: string;
  readonly hash: string;
}

/**
 * Opens one version: of the city believed, signed by a key believed that the version itself lists as valid when it
 * was signed, not from the future, and sound. Whether it may follow the version held is `succeed`'s to say.
 * @param now milliseconds since 1970
 */
export function openRegistry(text: string, anchor: RegistryAnchor, now: number): Result<Registry, Fault> {
  const jws = readCompact(text, registryType);
  const payload = jws && parsePayload(jws.payload);
  const head = registryHeadSchema.safeParse(payload).data;
  if (jws === undefined || head === undefined) return err(fault("registry.malformed"));
  if (head.iss !== anchor.city) return err(fault("registry.of-another-city"));
  const signed = checkSignature(jws, head, anchor);
  if (!signed.ok) return signed;
  const document = registryDocumentSchema.safeParse(payload).data;
  if (document === undefined) return err(fault("registry.malformed"));
  const ahead = document.iat - Math.floor(now / 1000);
  if (ahead > clockToleranceSeconds) {
    return err(fault("registry.from-the-future", undefined, { skewSeconds: ahead }));
  }
  // Who signed it checked the keys before (PR-REGISTRY §2).
  const directory = openDocument(document, (jwk) => ok(importLater(jwk)));
  if (!directory.ok) return err(fault("registry.unsound", directory.error.join("; ")));
  return ok({ document, directory: directory.value, text, hash: registryHash(text) });
}

/** The members of a version that is sound: none contradicts another, and no key is of a suite it does not list. */
export function openDocument(
  document: RegistryDocument,
  importKey?: ImportKey,
): Result<Directory, readonly string[]> {
  const directory = createDirectory(document, importKey);
  const faults = [...(directory.ok ? [] : directory.error), ...suiteFaults(document)];
  return faults.length > 0 ? err(faults) : directory;
}

/**
 * Opens a version that this node took before and has kept: nobody else writes where it lies, so the keys it lists
 * itself are believed. Finds damage, not deceit.
 */
export function reopenRegistry(text: string, now: number): Result<Registry, Fault> {
  const payload = readCompact(text, registryType)?.payload;
  const head = registryHeadSchema.safeParse(payload && parsePayload(payload)).data;
  if (head === undefined) return err(fault("registry.malformed"));
  return openRegistry(text, anchorOf(head), now);
}

/** The keys that may sign what comes after a version. */
export function anchorOf({ iss, keys }: Pick<RegistryDocument, "iss" | "keys">): RegistryAnchor {
  return { city: iss, keyIds: new Set(keys.map(({ jwk }) => thumbprint(jwk))) };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parsePayload(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return undefined;
  }
}

function checkSignature(
  jws: CompactJws,
  head: RegistryHead,
  { keyIds }: RegistryAnchor,
): Result<void, Fault> {
  if (!keyIds.has(jws.keyId)) return err(fault("registry.key-unknown"));
  const listed = head.keys.find(({ jwk }) => thumbprint(jwk) === jws.keyId);
  if (listed === undefined || !isValidAt(listed, head.iat * 1000)) {
    return err(fault("registry.key-not-valid"));
  }
  const verifier = importVerifier(listed.jwk);
  const holds =
    verifier.ok &&
    algorithmFits(jws, verifier.value.suite) &&
    verifier.value.verify(jws.signingInput, jws.signature);
  return holds ? ok(undefined) : err(fault("registry.signature-invalid"));
}
