import { baseCatalogue, type Item, indexCatalogue, itemCodeSchema } from "@xinqiao/protocol/catalogue";
import type { SampleItem } from "../data/index.ts";

const catalogue = indexCatalogue(baseCatalogue());

export function itemOf(code: SampleItem): Item {
  const item = catalogue.items.get(itemCodeSchema.parse(code));
  if (item === undefined) throw new RangeError(`the base catalogue has no item ${code}`);
  return item;
}
