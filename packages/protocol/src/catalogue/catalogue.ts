import type { CatalogueContent } from "./content.ts";
import type { Item, ItemCode } from "./item.ts";
import type { Purpose, PurposeCode } from "./purpose.ts";

/** The catalogue as rules and connectors read it: constant-time look-ups by code. Immutable; a new version is a new one. */
export interface Catalogue {
  readonly version: number;
  readonly items: ReadonlyMap<ItemCode, Item>;
  readonly purposes: ReadonlyMap<PurposeCode, Purpose>;
  /** By class, with those of its sub-classes. */
  readonly classes: ReadonlyMap<string, readonly Item[]>;
}

/** Of content that does not contradict itself. */
export function indexCatalogue({ classes, items, purposes }: CatalogueContent, version = 1): Catalogue {
  const parents = new Map(classes.map(({ code, parent }) => [code, parent]));
  const members = new Map<string, Item[]>();
  for (const item of items) {
    for (let code: string | undefined = item.class; code !== undefined; code = parents.get(code)) {
      const listed = members.get(code);
      if (listed === undefined) members.set(code, [item]);
      else listed.push(item);
    }
  }
  return {
    version,
    items: new Map(items.map((item) => [item.code, item])),
    purposes: new Map(purposes.map((purpose) => [purpose.code, purpose])),
    classes: members,
  };
}
