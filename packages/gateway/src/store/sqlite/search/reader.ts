import type { FoundLine } from "@xinqiao/protocol/audit";
import { rootOf } from "@xinqiao/protocol/log";
import type { FoundPage, IndexQuery } from "../../../search/index.ts";
import type { Database } from "../database.ts";
import { readFrontier } from "../tree.ts";
import { createQuery } from "./query.ts";

export interface SearchReader {
  /** @param newest entries that the index has */
  search(query: IndexQuery, newest: number): FoundPage;
  /** The line that an entry begins, in the log as it was at `size`. */
  line(index: number, size: number): FoundLine;
  /** Root of the log when it had `size` entries, base64. */
  root(size: number): string;
}

/** Finds lines in the index, and reads their entries from the log. */
export function createSearchReader(log: Database, index: Database): SearchReader {
  const find = createQuery(index);
  const leafOf = log.prepare<[number], string>("SELECT leaf FROM entry WHERE idx = ?").pluck();
  const closing = index.prepare<[number], number | null>("SELECT closed FROM line WHERE idx = ?").pluck();
  const root = (size: number) => rootOf(readFrontier(log, size)).toString("base64");

  function entry(place: number) {
    const leaf = leafOf.get(place);
    if (leaf === undefined) throw new Error(`entry ${place} is in the index and not in the log`);
    return { index: place, leaf };
  }

  function lineOf(idx: number, closed: number | null, size: number): FoundLine {
    return { entries: [entry(idx), ...(closed !== null && closed < size ? [entry(closed)] : [])] };
  }

  return {
    root,
    line: (idx, size) => lineOf(idx, closing.get(idx) ?? null, size),
    search(query, newest) {
      const size = Math.min(query.after?.size ?? query.size ?? newest, newest);
      const rows = find(query, size, query.limit + 1);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      return {
        lines: page.map(({ idx, closed }) => lineOf(idx, closed, size)),
        size,
        root: root(size),
        ...(rows.length > page.length && last && { next: { at: last.at, index: last.idx, size } }),
      };
    },
  };
}
