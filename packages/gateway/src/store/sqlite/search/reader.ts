import { rootOf } from "@xinqiao/protocol/log";
import type { FoundPage, IndexQuery } from "../../../search/index.ts";
import type { Database } from "../database.ts";
import { readFrontier } from "../tree.ts";
import { createQuery, type FoundRow } from "./query.ts";

/** Finds lines in the index, and reads their entries from the log. */
export function createSearchReader(log: Database, index: Database) {
  const find = createQuery(index);
  const leafOf = log.prepare<[number], string>("SELECT leaf FROM entry WHERE idx = ?").pluck();

  function entry(place: number) {
    const leaf = leafOf.get(place);
    if (leaf === undefined) throw new Error(`entry ${place} is in the index and not in the log`);
    return { index: place, leaf };
  }

  /** @param newest entries that the index has */
  return (query: IndexQuery, newest: number): FoundPage => {
    const size = query.after?.size ?? newest;
    const rows = find(query, size, query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    const lineOf = ({ idx, closed }: FoundRow) => ({
      entries: [entry(idx), ...(closed !== null && closed < size ? [entry(closed)] : [])],
    });
    return {
      lines: page.map(lineOf),
      size,
      root: rootOf(readFrontier(log, size)).toString("base64"),
      ...(rows.length > page.length && last && { next: { at: last.at, index: last.idx, size } }),
    };
  };
}
