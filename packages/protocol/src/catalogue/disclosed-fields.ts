import type { SubjectKind } from "../identity/index.ts";
import type { Item } from "./item.ts";
import { maskFields } from "./mask-fields.ts";
import type { Purpose } from "./purpose.ts";
import type { Fields } from "./validate-fields.ts";

/**
 * What of a record's fields a purpose discloses (Personal Information Protection Law art. 6): the columns it needs,
 * masked as the item says but for those that it needs whole. A purpose that says nothing of an item gets every
 * column, masked.
 */
export function disclosedFields(
  item: Item,
  purpose: Pick<Purpose, "needs">,
  fields: Fields,
  subjectKind: SubjectKind,
): Fields {
  const { only, whole = [] } = purpose.needs?.[item.code] ?? {};
  const masked = maskFields(item, fields, subjectKind);
  return Object.fromEntries(
    Object.keys(fields)
      .filter((name) => only === undefined || only.includes(name))
      .map((name) => [name, (whole.includes(name) ? fields[name] : masked[name]) ?? ""]),
  );
}
