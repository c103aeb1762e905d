import type { Field, Item } from "@xinqiao/protocol/catalogue";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import type { ImportFault } from "./fault.ts";

/** Which column of a file is which column of the item. */
export interface Header {
  readonly item: Item;
  /** Column name → place in the row. */
  readonly places: ReadonlyMap<string, number>;
  /** As the file has them, one a column. */
  readonly titles: readonly string[];
  /** Titles that are no column of the item. They are left out (minimum necessary), and reported. */
  readonly unknown: readonly string[];
}

interface Candidate extends Header {
  readonly missing: readonly string[];
  readonly repeated: readonly string[];
}

/**
 * Reads a header row: national column codes (`CF_WSH`) or Chinese labels (`决定文书号`), in any order. With
 * several items to choose from it is the one whose required columns are all there.
 */
export function readHeader(titles: readonly string[], items: readonly Item[]): Result<Header, ImportFault> {
  const candidates = items
    .map((item) => candidate(item, titles))
    .sort((one, other) => other.places.size - one.places.size);
  const [best, next] = candidates;
  const [fitting, rival] = candidates.filter(({ missing }) => missing.length === 0);
  if (fitting === undefined) {
    const clear = best !== undefined && best.places.size !== next?.places.size;
    if (!clear) return err({ code: "import.item-not-recognised" });
    return err({ code: "import.columns-missing", item: best.item, columns: best.missing });
  }
  if (rival?.places.size === fitting.places.size) {
    return err({ code: "import.item-ambiguous", items: [fitting.item, rival.item] });
  }
  const { item, repeated, places, unknown } = fitting;
  if (repeated.length > 0) return err({ code: "import.columns-repeated", item, columns: repeated });
  return ok({ item, places, titles, unknown });
}

function candidate(item: Item, titles: readonly string[]): Candidate {
  const known = new Map(item.fields.flatMap((field) => namesOf(field).map((name) => [name, field] as const)));
  const places = new Map<string, number>();
  const unknown: string[] = [];
  const repeated: string[] = [];
  for (const [place, title] of titles.entries()) {
    const name = plain(title);
    const field = known.get(name);
    if (field === undefined) unknown.push(...(name === "" ? [] : [title.trim()]));
    else if (places.has(field.name)) repeated.push(titleOf(field));
    else places.set(field.name, place);
  }
  return { item, places, titles, unknown, repeated, missing: missingColumns(item, places) };
}

/** Required columns, and one of the identifiers: without any every single row would be kept back. */
function missingColumns({ fields, columns }: Item, places: ReadonlyMap<string, number>): string[] {
  const missing = fields.filter(({ name, required }) => required && !places.has(name)).map(titleOf);
  const identifiers = [columns.uscc, columns.citizenId, columns.registrationNumber];
  const identifierFields = fields.filter(({ name }) => identifiers.includes(name));
  const identified = identifierFields.some(({ name }) => places.has(name));
  return identified ? missing : [...missing, identifierFields.map(titleOf).join(" / ")];
}

const namesOf = ({ name, label }: Field) => [plain(name), plain(label.zh)];
const titleOf = ({ name, label }: Field) => `${name} ${label.zh}`;

/** Full-width brackets and letters, blanks and the asterisk of a required column are how people decorate a title. */
function plain(title: string): string {
  return title
    .normalize("NFKC")
    .replace(/[\s*\uFEFF]+/g, "")
    .toUpperCase();
}

/** Whether a row is meant as a header: two of its titles are columns of one item. */
export function resemblesHeader(titles: readonly string[], items: readonly Item[]): boolean {
  return items.some((item) => candidate(item, titles).places.size >= 2);
}
