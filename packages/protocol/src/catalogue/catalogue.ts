import { z } from "zod";
import { type Item, type ItemCode, itemSchema } from "./item.ts";
import { type Purpose, type PurposeCode, purposeSchema } from "./purpose.ts";

/** The list of items and purposes, as published. Parsing it also checks that its parts fit together. */
export const catalogueDocumentSchema = z
  .strictObject({
    version: z.number().int().positive(),
    issuedAt: z.iso.datetime(),
    items: z.array(itemSchema),
    purposes: z.array(purposeSchema),
  })
  .superRefine((document, context) => {
    for (const message of inconsistencies(document)) context.addIssue({ code: "custom", message });
  });
export type CatalogueDocument = z.infer<typeof catalogueDocumentSchema>;

interface Parts {
  readonly items: readonly Item[];
  readonly purposes: readonly Purpose[];
}

/** What makes a well-formed document useless: a code used twice, or a name that leads nowhere. */
function inconsistencies({ items, purposes }: Parts): string[] {
  const known = new Set(items.map(({ code }) => code));
  return [
    ...repeated(items.map(({ code }) => code)).map((code) => `item ${code} is listed twice`),
    ...repeated(purposes.map(({ code }) => code)).map((code) => `purpose ${code} is listed twice`),
    ...items.flatMap(fieldInconsistencies),
    ...purposes.flatMap(({ code, items }) =>
      items.filter((item) => !known.has(item)).map((item) => `purpose ${code} names unknown item ${item}`),
    ),
    ...purposes.flatMap((purpose) => needInconsistencies(purpose, items)),
  ];
}

/** A column that is misspelt would be disclosed to nobody, or masked for somebody who needs it. */
function needInconsistencies({ code, items: listed, needs = {} }: Purpose, items: readonly Item[]): string[] {
  return Object.entries(needs).flatMap(([of, need]) => {
    const item = items.find((each) => each.code === of && listed.includes(each.code));
    if (item === undefined) return [`purpose ${code} has needs of ${of}, which it does not list`];
    const names = new Set(item.fields.map(({ name }) => name));
    return [...(need?.only ?? []), ...(need?.whole ?? [])]
      .filter((name) => !names.has(name))
      .map((name) => `purpose ${code} needs ${name}, which item ${of} does not have`);
  });
}

/** Without these a row is no record. */
const neededRoles = ["subjectName", "documentNumber", "occurredOn"] as const;
const dayRoles = ["occurredOn", "validUntil", "disclosedUntil", "removedOn"] as const;

function fieldInconsistencies({ code, fields, columns }: Item): string[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const filled = Object.entries(columns).flatMap(([role, name]) =>
    name === undefined ? [] : [{ role, name }],
  );
  return [
    ...repeated(fields.map(({ name }) => name)).map((name) => `item ${code} has field ${name} twice`),
    ...filled
      .filter(({ name }) => !byName.has(name))
      .map(({ role, name }) => `item ${code} has no field ${name} for ${role}`),
    ...neededRoles
      .filter((role) => byName.get(columns[role])?.required === false)
      .map((role) => `item ${code} must require ${columns[role]}, its ${role}`),
    ...dayRoles
      .filter((role) => (byName.get(columns[role] ?? "")?.type ?? "date") !== "date")
      .map((role) => `item ${code} must have a date in ${columns[role]}, its ${role}`),
  ];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}

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
