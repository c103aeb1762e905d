import { z } from "zod";
import { type Item, type ItemCode, itemSchema } from "./item.ts";
import { type Purpose, type PurposeCode, purposeSchema } from "./purpose.ts";

/** The list of items and purposes, as published. */
export const catalogueDocumentSchema = z.strictObject({
  version: z.number().int().positive(),
  issuedAt: z.iso.datetime(),
  items: z.array(itemSchema),
  purposes: z.array(purposeSchema),
});
export type CatalogueDocument = z.infer<typeof catalogueDocumentSchema>;

/** The catalogue as rules and connectors read it: constant-time look-ups by code. */
export interface Catalogue {
  readonly version: number;
  readonly items: ReadonlyMap<ItemCode, Item>;
  readonly purposes: ReadonlyMap<PurposeCode, Purpose>;
}

export function indexCatalogue(document: CatalogueDocument): Catalogue {
  return {
    version: document.version,
    items: new Map(document.items.map((item) => [item.code, item])),
    purposes: new Map(document.purposes.map((purpose) => [purpose.code, purpose])),
  };
}
