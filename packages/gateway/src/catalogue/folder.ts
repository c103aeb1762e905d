import { type PublishedCatalogue, reopenCatalogue } from "@xinqiao/protocol/catalogue";
import { type Folder, openFolder } from "../published/index.ts";

/** Every version of the catalogue that a city has published, one file each. */
export type CatalogueFolder = Folder<PublishedCatalogue>;

export function openCatalogueFolder(folder: string): CatalogueFolder {
  return openFolder(folder, "catalogue", reopenCatalogue);
}
