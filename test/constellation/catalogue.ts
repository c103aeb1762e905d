import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  baseCatalogue,
  type CatalogueContent,
  catalogueDocumentSchema,
  signCatalogue,
} from "@xinqiao/protocol/catalogue";
import type { Signer } from "@xinqiao/protocol/keys";
import { publishedHash } from "@xinqiao/protocol/published";

/** A city's catalogue as a test publishes it. */
export interface TestCatalogue {
  /** Signs the next version — the base catalogue, but for what is changed — puts it into the folder and gives its text. */
  publish(change?: Partial<CatalogueContent>): Promise<string>;
}

/** @param folder of the versions, as a gateway reads them */
export function createTestCatalogue(city: string, folder: string, signer: Signer): TestCatalogue {
  let version = 0;
  let prev: string | null = null;
  return {
    async publish(change = {}) {
      version += 1;
      const iat = Math.floor(Date.now() / 1000) - 1;
      const document = catalogueDocumentSchema.parse({
        iss: city,
        version,
        prev,
        iat,
        ...baseCatalogue(),
        ...change,
      });
      const text = await signCatalogue(document, signer);
      prev = publishedHash(text);
      await mkdir(folder, { recursive: true });
      // Moved into place, as the product does: a gateway that looks meanwhile must not see half of it.
      await writeFile(join(folder, "draft"), `${text}\n`);
      await rename(join(folder, "draft"), join(folder, `${version}.jws`));
      return text;
    },
  };
}
