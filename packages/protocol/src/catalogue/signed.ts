import type { NodeId } from "../identity/index.ts";
import { payloadOf, readCompact } from "../jws/index.ts";
import { type DatedKey, type Signer, thumbprint } from "../keys/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import {
  type DocumentKind,
  follow,
  openPublished,
  type Published,
  publishedHash,
  type Succession,
  signPublished,
} from "../published/index.ts";
import { err, ok, type Result } from "../result/index.ts";
import { type Catalogue, indexCatalogue } from "./catalogue.ts";
import { contradictions } from "./contradictions.ts";
import {
  type CatalogueDocument,
  type CatalogueHead,
  catalogueDocumentSchema,
  catalogueHeadSchema,
} from "./document.ts";

export const catalogueType = "xinqiao-catalogue+jws";

const kind: DocumentKind<CatalogueHead, CatalogueDocument> = {
  name: "catalogue",
  type: catalogueType,
  head: catalogueHeadSchema,
  schema: catalogueDocumentSchema,
};

export function signCatalogue(document: CatalogueDocument, signer: Signer): Promise<string> {
  return signPublished(document, kind, signer);
}

/** Whose catalogue is believed, and by which keys: those that the city's registry lists as its own. */
export interface CatalogueAnchor {
  readonly city: NodeId;
  readonly keys: readonly DatedKey[];
}

/** A version that was verified, ready for use. */
export interface PublishedCatalogue extends Published<CatalogueDocument> {
  readonly catalogue: Catalogue;
}

/**
 * Opens one version: of the city believed, signed by a registry key valid when it was signed, not from the future,
 * and sound. Whether it may follow the version held is `succeedCatalogue`'s to say.
 * @param now milliseconds since 1970
 */
export function openCatalogue(
  text: string,
  { city, keys }: CatalogueAnchor,
  now: number,
): Result<PublishedCatalogue, Fault> {
  const keyOf = (keyId: string) => {
    const listed = keys.find(({ jwk }) => thumbprint(jwk) === keyId);
    return listed === undefined ? err(fault("catalogue.key-unknown")) : ok(listed);
  };
  const opened = openPublished(text, kind, { city, keyOf }, now);
  return opened.ok ? indexed(opened.value) : opened;
}

/**
 * Opens a version that this node took before and has kept: nobody else writes where it lies, and the key that signed
 * it may have been replaced since. Finds damage, not deceit.
 */
export function reopenCatalogue(text: string): Result<PublishedCatalogue, Fault> {
  const jws = readCompact(text, catalogueType);
  const document = catalogueDocumentSchema.safeParse(jws && payloadOf(jws)).data;
  if (document === undefined) return err(fault("catalogue.malformed"));
  return indexed({ document, text, hash: publishedHash(text) });
}

function indexed(published: Published<CatalogueDocument>): Result<PublishedCatalogue, Fault> {
  const faults = contradictions(published.document);
  if (faults.length > 0) {
    return err(fault("catalogue.unsound", faults.map(({ message }) => message).join("; ")));
  }
  return ok({ ...published, catalogue: indexCatalogue(published.document, published.document.version) });
}

/**
 * Whether a version may follow the one held (PR-CATALOGUE §3). Its key is believed because the registry lists it, so
 * the newest stands by itself; versions in between only have to show that it descends from the one held.
 */
export function succeedCatalogue(
  held: PublishedCatalogue | undefined,
  text: string,
  anchor: CatalogueAnchor,
  now: number,
): Result<Succession<PublishedCatalogue>, Fault> {
  if (held?.text === text) return ok({ kind: "unchanged" });
  const opened = openCatalogue(text, anchor, now);
  if (!opened.ok) return opened;
  if (held === undefined) return ok({ kind: "next", next: opened.value });
  const succession = follow("catalogue", held, opened.value);
  return succession.ok && succession.value.kind === "behind"
    ? ok({ ...succession.value, newest: opened.value })
    : succession;
}
