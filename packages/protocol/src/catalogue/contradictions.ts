import type { Class } from "./class.ts";
import type { CatalogueContent } from "./content.ts";
import type { Item } from "./item.ts";
import type { Purpose } from "./purpose.ts";

/** What makes a well-formed catalogue useless, and where. */
export interface Contradiction {
  /** The place in the document: `purposes.3.needs`. */
  readonly place: string;
  readonly message: string;
}

/** Every code that is used twice, every name that leads nowhere, every part that no other fits. */
export function contradictions({ classes, items, purposes }: CatalogueContent): readonly Contradiction[] {
  const classCodes = new Set(classes.map(({ code }) => code));
  const byCode = new Map(items.map((item) => [item.code as string, item]));
  return [
    ...repeated("classes", "class", classes),
    ...repeated("items", "item", items),
    ...repeated("purposes", "purpose", purposes),
    ...classFaults(classes),
    ...items.flatMap((item, at) => placed(`items.${at}`, itemFaults(item, classCodes))),
    ...purposes.flatMap((purpose, at) => placed(`purposes.${at}`, purposeFaults(purpose, byCode))),
  ];
}

type Fault = readonly [inner: string, message: string];

function placed(place: string, faults: readonly Fault[]): Contradiction[] {
  return faults.map(([inner, message]) => ({ place: inner === "" ? place : `${place}.${inner}`, message }));
}

function repeated(
  list: string,
  what: string,
  entries: readonly { readonly code: string }[],
): Contradiction[] {
  const seen = new Set<string>();
  return entries.flatMap(({ code }, at) => {
    if (!seen.has(code)) {
      seen.add(code);
      return [];
    }
    return [{ place: `${list}.${at}.code`, message: `${what} ${code} is listed twice` }];
  });
}

function classFaults(classes: readonly Class[]): Contradiction[] {
  const parents = new Map(classes.map(({ code, parent }) => [code, parent]));
  return classes.flatMap(({ code, parent }, at) => {
    const place = `classes.${at}.parent`;
    if (parent === undefined) return [];
    if (!parents.has(parent)) return [{ place, message: `class ${code} is within unknown class ${parent}` }];
    const cycle = cycleFrom(code, parents);
    return cycle === undefined ? [] : [{ place, message: `class ${code} is within itself: ${cycle}` }];
  });
}

/** The way from a class back to itself, where there is one. */
function cycleFrom(code: string, parents: ReadonlyMap<string, string | undefined>): string | undefined {
  const way = [code];
  const met = new Set(way);
  for (let next = parents.get(code); next !== undefined; next = parents.get(next)) {
    way.push(next);
    if (next === code) return way.join(" → ");
    // A cycle further up is named at the classes that are on it.
    if (met.has(next)) return undefined;
    met.add(next);
  }
  return undefined;
}

/** Without these a row is no record. */
const neededRoles = ["subjectName", "documentNumber", "occurredOn"] as const;
const dayRoles = ["occurredOn", "validUntil", "disclosedUntil", "removedOn"] as const;

function itemFaults({ code, class: of, fields, columns }: Item, classes: ReadonlySet<string>): Fault[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const filled = Object.entries(columns).flatMap(([role, name]) =>
    name === undefined ? [] : [{ role, name }],
  );
  const names = fields.map(({ name }) => name);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [
    ...(classes.has(of) ? [] : [["class", `item ${code} is of unknown class ${of}`] as const]),
    ...[...twice].map((name) => ["fields", `item ${code} has field ${name} twice`] as const),
    ...filled
      .filter(({ name }) => !byName.has(name))
      .map(({ role, name }) => [`columns.${role}`, `item ${code} has no field ${name} for ${role}`] as const),
    ...neededRoles
      .filter((role) => byName.get(columns[role])?.required === false)
      .map((role) => [`columns.${role}`, `item ${code} must require ${columns[role]}, its ${role}`] as const),
    ...dayRoles
      .filter((role) => (byName.get(columns[role] ?? "")?.type ?? "date") !== "date")
      .map(
        (role) =>
          [`columns.${role}`, `item ${code} must have a date in ${columns[role]}, its ${role}`] as const,
      ),
  ];
}

const none: readonly Fault[] = [];

function purposeFaults(purpose: Purpose, items: ReadonlyMap<string, Item>): Fault[] {
  const { code } = purpose;
  return [
    ...purpose.items.flatMap((item, at): readonly Fault[] =>
      items.has(item) ? none : [[`items.${at}`, `purpose ${code} names unknown item ${item}`]],
    ),
    ...(isBackwards(purpose) ? [["validUntil", `purpose ${code} ends before it begins`] as const] : []),
    ...needFaults(purpose, items),
    ...measureFaults(purpose),
    ...sealingFaults(purpose, items),
  ];
}

/** A measure upon an item that the matter does not look at, or that ends before it begins, would never be taken. */
function measureFaults({ code, items, measures = [] }: Purpose): Fault[] {
  return measures.flatMap(({ item, validFrom, validUntil }, at): readonly Fault[] => [
    ...(items.includes(item)
      ? none
      : ([
          [`measures.${at}`, `purpose ${code} has a measure upon ${item}, which it does not list`],
        ] as const)),
    ...(isBackwards({ validFrom, validUntil })
      ? ([[`measures.${at}.validUntil`, `purpose ${code} has a measure that ends before it begins`]] as const)
      : none),
  ]);
}

function isBackwards({ validFrom, validUntil }: Pick<Purpose, "validFrom" | "validUntil">): boolean {
  return validFrom !== undefined && validUntil !== undefined && validUntil < validFrom;
}

/** A yes or no travels in the clear: not about what only the requester may read. */
function sealingFaults(
  { code, items: listed, answers, authorisation }: Purpose,
  items: ReadonlyMap<string, Item>,
): Fault[] {
  const sealed = authorisation || listed.some((item) => items.get(item)?.disclosure === "authorised");
  if (answers !== "yes-no" || !sealed) return [];
  return [["answers", `purpose ${code} is answered by yes or no, which cannot be sealed as it must be`]];
}

/** A column that is misspelt would be disclosed to nobody, or masked for somebody who needs it. */
function needFaults(
  { code, items: listed, needs, answers }: Purpose,
  items: ReadonlyMap<string, Item>,
): Fault[] {
  if (needs === undefined) return [];
  if (answers === "yes-no")
    return [["needs", `purpose ${code} is answered by yes or no: it needs no column`]];
  const own = new Set<string>(listed);
  return Object.entries(needs).flatMap(([of, need]): Fault[] => {
    const item = own.has(of) ? items.get(of) : undefined;
    if (item === undefined) {
      return [[`needs.${of}`, `purpose ${code} has needs of ${of}, which it does not list`]];
    }
    const names = new Set(item.fields.map(({ name }) => name));
    return [...(need?.only ?? []), ...(need?.whole ?? [])]
      .filter((name) => !names.has(name))
      .map((name) => [`needs.${of}`, `purpose ${code} needs ${name}, which item ${of} does not have`]);
  });
}
