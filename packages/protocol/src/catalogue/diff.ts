import { isDeepStrictEqual } from "node:util";
import type { CatalogueContent } from "./content.ts";
import { itemWidens, purposeWidens } from "./widens.ts";

/** What one version of a catalogue changes of the one before. */
export interface CatalogueChange {
  readonly part: "class" | "item" | "purpose";
  readonly code: string;
  readonly change: "added" | "removed" | "changed";
  /** The settings that differ; none of what was added or removed. */
  readonly settings: readonly string[];
  /** Those by which more is disclosed, or to more, or for longer. For a purpose that was added: `added`. */
  readonly widens: readonly string[];
}

/** Class by class, item by item, purpose by purpose; nothing of what stays as it is. */
export function diffCatalogues(
  before: CatalogueContent,
  after: CatalogueContent,
): readonly CatalogueChange[] {
  return [
    ...diffPart("class", before.classes, after.classes, () => []),
    ...diffPart("item", before.items, after.items, itemWidens),
    ...diffPart("purpose", before.purposes, after.purposes, purposeWidens),
  ];
}

/** @param widens which settings widen disclosure; nothing before: it is new */
function diffPart<Entry extends { readonly code: string }>(
  part: CatalogueChange["part"],
  before: readonly Entry[],
  after: readonly Entry[],
  widens: (before: Entry | undefined, after: Entry) => readonly string[],
): CatalogueChange[] {
  const old = new Map(before.map((entry) => [entry.code, entry]));
  const kept = new Set(after.map(({ code }) => code));
  const changed = after.flatMap((entry): CatalogueChange[] => {
    const was = old.get(entry.code);
    const settings = was === undefined ? [] : settingsThatDiffer(was, entry);
    if (was !== undefined && settings.length === 0) return [];
    const change = was === undefined ? "added" : "changed";
    return [{ part, code: entry.code, change, settings, widens: widens(was, entry) }];
  });
  const removed = before
    .filter(({ code }) => !kept.has(code))
    .map(({ code }): CatalogueChange => ({ part, code, change: "removed", settings: [], widens: [] }));
  return [...changed, ...removed];
}

function settingsThatDiffer(before: object, after: object): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(Reflect.get(before, name), Reflect.get(after, name)));
}
