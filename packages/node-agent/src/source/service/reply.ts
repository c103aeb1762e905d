import { z } from "zod";
import type { PlatformRow } from "../live-rows.ts";
import { plainText } from "../plain-text.ts";
import { placeholder, type ServiceItem } from "./config.ts";

const objectSchema = z.record(z.string(), z.unknown());
const rowsSchema = z.array(objectSchema);

/** The rows of a reply, or nothing when the reply does not have the shape that was configured. */
export function rowsOf(reply: unknown, path: string | undefined) {
  return rowsSchema.safeParse(valueAt(reply, path)).data;
}

/** What stands at `data.list` of a reply; the reply itself without a path. */
export function valueAt(reply: unknown, path: string | undefined): unknown {
  let place = reply;
  for (const name of path?.split(".") ?? []) {
    const object = objectSchema.safeParse(place);
    if (!object.success) return undefined;
    place = Object.hasOwn(object.data, name) ? object.data[name] : undefined;
  }
  return place;
}

export function platformRow(
  row: Readonly<Record<string, unknown>>,
  { fields, stateKey, subject }: ServiceItem,
): PlatformRow {
  const own = (key: string | undefined) =>
    key !== undefined && Object.hasOwn(row, key) ? row[key] : undefined;
  return {
    cellOf: (column) => own(fields[column]),
    ...(stateKey !== undefined && { state: plainText(own(stateKey)) }),
    ...(subject.key !== undefined && { subjectId: plainText(own(subject.key)).trim() }),
  };
}

/** The body with the identifier in place. JSON in, JSON out: no identifier can break out of its text. */
export function fillBody(template: ServiceItem["body"], id: string): ServiceItem["body"] {
  if (typeof template === "string") return template.replaceAll(placeholder, () => id);
  if (Array.isArray(template)) return template.map((part) => fillBody(part, id) ?? null);
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, part]) => [name, fillBody(part, id) ?? null]),
  );
}
