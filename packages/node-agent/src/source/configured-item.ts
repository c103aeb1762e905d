import type { Catalogue, Item, ItemCode } from "@xinqiao/protocol/catalogue";
import type { SubjectScheme } from "@xinqiao/protocol/identity";
import { ConfigError } from "@xinqiao/runtime/config";
import { subjectColumn } from "./live-rows.ts";

interface Place {
  /** Where in the configuration, for the message. */
  readonly setting: string;
  /** National columns that are filled in another way than by `fields`. */
  readonly given?: readonly string[];
}

/**
 * The item a mapping is for. Throws with every fault: a mapping that leaves out a required column would
 * make every row invalid, and the member would seem to have no records.
 */
export function mappedItem(
  catalogue: Catalogue,
  code: ItemCode,
  scheme: SubjectScheme,
  mapped: readonly string[],
  { setting, given = [] }: Place,
): Item {
  const item = catalogue.items.get(code);
  if (item === undefined) throw new ConfigError(setting, [`the catalogue has no item ${code}`]);
  const known = new Set(item.fields.map(({ name }) => name));
  const subject = subjectColumn(item, scheme);
  const filled = new Set([...mapped, ...given, ...(subject === undefined ? [] : [subject])]);
  const faults = [
    ...(subject === undefined ? [`${code} has no column for ${scheme}`] : []),
    ...mapped.filter((name) => !known.has(name)).map((name) => `${code} has no column ${name}`),
    ...item.fields
      .filter(({ name, required }) => required && !filled.has(name))
      .map(({ name, label }) => `${name} ${label.zh} is required and not mapped`),
  ];
  if (faults.length > 0) throw new ConfigError(setting, faults);
  return item;
}
