import { maskIdentifier, maskName, type SubjectKind } from "../identity/index.ts";
import type { Field, Item } from "./item.ts";
import type { Fields } from "./validate-fields.ts";

const masks: Readonly<Record<Field["masking"], (value: string) => string>> = {
  none: (value) => value,
  name: maskName,
  identifier: maskIdentifier,
  redact: () => "******",
};

/**
 * A record's fields as shown to someone who may see the record but not the whole value. The subject's
 * own name is hidden only when the subject is a person: an organisation's name is public.
 */
export function maskFields(item: Item, fields: Fields, subjectKind: SubjectKind): Fields {
  const maskings = new Map(item.fields.map(({ name, masking }) => [name, masking]));
  if (subjectKind !== "individual") maskings.set(item.columns.subjectName, "none");
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, masks[maskings.get(name) ?? "redact"](value)]),
  );
}
