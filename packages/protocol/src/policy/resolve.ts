import type { Catalogue, Item, ItemCode, Purpose, PurposeCode } from "../catalogue/index.ts";
import { type Fault, fault } from "../problem/index.ts";
import { err, ok, type Result } from "../result/index.ts";

export interface Asked {
  readonly items?: readonly ItemCode[] | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly purpose: PurposeCode;
}

/**
 * Looks items, classes (with their sub-classes) and purpose up in the catalogue. Items come back in code order without
 * repetition, so that both ends name the same question the same way.
 */
export function resolveAsked(
  asked: Asked,
  catalogue: Catalogue,
): Result<{ readonly items: readonly Item[]; readonly purpose: Purpose }, Fault> {
  const purpose = catalogue.purposes.get(asked.purpose);
  if (purpose === undefined) return err(fault("lookup.purpose-unknown"));
  const items = new Map<ItemCode, Item>();
  // Places and not what was typed there: an identity number may have been, and errors are logged.
  for (const [place, code] of (asked.items ?? []).entries()) {
    const item = catalogue.items.get(code);
    if (item === undefined) return err(fault("lookup.item-unknown", undefined, { item: place }));
    items.set(code, item);
  }
  for (const [place, name] of (asked.classes ?? []).entries()) {
    const members = catalogue.classes.get(name);
    if (members === undefined) return err(fault("lookup.item-unknown", undefined, { class: place }));
    for (const item of members) items.set(item.code, item);
  }
  if (items.size === 0) return err(fault("lookup.item-unknown", "name at least one item or class"));
  return ok({ items: [...items.values()].sort((a, b) => (a.code < b.code ? -1 : 1)), purpose });
}
