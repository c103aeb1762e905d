import type { Catalogue, Item, ItemCode } from "@xinqiao/protocol/catalogue";
import { type SubjectScheme, subjectSchemes } from "@xinqiao/protocol/identity";
import { ConfigError } from "@xinqiao/runtime/config";
import { subjectColumn } from "./live-rows.ts";

/** A member's mapping of its own columns to an item's. */
export interface ItemMapping {
  readonly code: ItemCode;
  /** Absent: whichever identifier a row gives. */
  readonly scheme?: SubjectScheme;
  /** National columns that are filled by `fields`. */
  readonly mapped: readonly string[];
  /** Whether the subject's name is filled in another way. */
  readonly nameGiven?: boolean;
  /** Where in the configuration, for the message. */
  readonly setting: string;
}

/**
 * The item a mapping is for, as the catalogue of the moment has it; nothing when a later catalogue has no such item,
 * or one that the mapping does not fit. Throws with every fault when it does not fit now: a mapping that leaves out a
 * required column would make every row invalid, and the member would seem to have no records.
 */
export function mappedItem(catalogue: () => Catalogue, mapping: ItemMapping): () => Item | undefined {
  let fitted = fitTo(catalogue(), mapping);
  if (fitted.item === undefined) throw new ConfigError(mapping.setting, fitted.faults);
  return () => {
    const current = catalogue();
    if (current !== fitted.catalogue) fitted = fitTo(current, mapping);
    return fitted.item;
  };
}

/** For the operator, in place of records. */
export const unfit = (code: ItemCode) => `the mapping of ${code} does not fit the catalogue any more`;

interface Fitted {
  readonly catalogue: Catalogue;
  readonly item?: Item;
  readonly faults: readonly string[];
}

function fitTo(catalogue: Catalogue, { code, scheme, mapped, nameGiven }: ItemMapping): Fitted {
  const item = catalogue.items.get(code);
  if (item === undefined) return { catalogue, faults: [`the catalogue has no item ${code}`] };
  const known = new Set(item.fields.map(({ name }) => name));
  const identifiers = schemes(scheme).flatMap((each) => subjectColumn(item, each) ?? []);
  const [subject] =
    scheme === undefined ? identifiers.filter((column) => mapped.includes(column)) : identifiers;
  const filled = new Set([
    ...mapped,
    ...(nameGiven ? [item.columns.subjectName] : []),
    ...(subject === undefined ? [] : [subject]),
  ]);
  const faults = [
    ...(subject === undefined ? [missingSubject(code, scheme, identifiers)] : []),
    ...mapped.filter((name) => !known.has(name)).map((name) => `${code} has no column ${name}`),
    ...item.fields
      .filter(({ name, required }) => required && !filled.has(name))
      .map(({ name, label }) => `${name} ${label.zh} is required and not mapped`),
  ];
  return faults.length > 0 ? { catalogue, faults } : { catalogue, item, faults };
}

const schemes = (scheme: SubjectScheme | undefined) => (scheme === undefined ? subjectSchemes : [scheme]);

function missingSubject(
  code: ItemCode,
  scheme: SubjectScheme | undefined,
  columns: readonly string[],
): string {
  return scheme === undefined
    ? `none of ${columns.join(", ")} is mapped: nobody's rows`
    : `${code} has no column for ${scheme}`;
}
