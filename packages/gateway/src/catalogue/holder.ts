import {
  type CatalogueAnchor,
  catalogueType,
  type PublishedCatalogue,
  reopenCatalogue,
  succeedCatalogue,
} from "@xinqiao/protocol/catalogue";
import { createHolder, type Holder, reopenTaken, type TakenVersion } from "../published/index.ts";
import type { CatalogueFolder } from "./folder.ts";

/** The version of the catalogue that a running gateway decides by, and those before it. */
export type CatalogueHolder = Holder<PublishedCatalogue>;

export interface CatalogueHolderOptions {
  /** The city, and the keys that its registry lists now. */
  readonly anchor: () => CatalogueAnchor;
  /** The newest version that the log says was taken; nothing in a new log. */
  readonly last: TakenVersion | undefined;
  readonly now: () => number;
  /** Called for each version before it is decided by. When it throws the version is not taken. */
  readonly onTaken: (catalogue: PublishedCatalogue) => Promise<void>;
}

/** Goes on from the version the log names; in a new log from the newest. */
export async function createCatalogueHolder(
  folder: CatalogueFolder,
  { anchor, last, now, onTaken }: CatalogueHolderOptions,
): Promise<CatalogueHolder> {
  const name = "catalogue";
  const { city } = anchor();
  return createHolder(folder, {
    kind: {
      name,
      type: catalogueType,
      succeed: (held, text) => succeedCatalogue(held, text, anchor(), now()),
    },
    held: last && (await reopenTaken(folder, { name, city, reopen: reopenCatalogue }, last)),
    onTaken,
  });
}
