import { type PublishedCatalogue, reopenCatalogue } from "@xinqiao/protocol/catalogue";
import { readPublishedFile, writePublishedFile } from "../published/index.ts";

/** The version a node keeps; nothing when there is none yet. Throws a ConfigError when it is damaged. */
export function readCatalogueFile(file: string): Promise<PublishedCatalogue | undefined> {
  return readPublishedFile(file, reopenCatalogue);
}

export const writeCatalogueFile: (file: string, text: string) => Promise<void> = writePublishedFile;
