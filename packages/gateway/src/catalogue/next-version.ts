import {
  type CatalogueContent,
  type CatalogueDocument,
  catalogueDocumentSchema,
  type PublishedCatalogue,
} from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";

/** The version after the one held, or the first. @param now milliseconds since 1970 */
export function nextCatalogue(
  held: PublishedCatalogue | undefined,
  city: NodeId,
  { classes, items, purposes }: CatalogueContent,
  now: number,
): CatalogueDocument {
  return catalogueDocumentSchema.parse({
    iss: city,
    version: (held?.document.version ?? 0) + 1,
    prev: held?.hash ?? null,
    iat: Math.floor(now / 1000),
    classes,
    items,
    purposes,
  });
}
