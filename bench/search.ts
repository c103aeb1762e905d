import { rmSync } from "node:fs";
import { join } from "node:path";
import { createEmpty, createQuery } from "@xinqiao/gateway/search-index";
import { useOutcomes } from "@xinqiao/protocol/audit";
import { purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { quantile } from "./quantile.ts";
import { begin, codes, fillLines, members, purposes, spanMs, subjects, tagOf } from "./search-lines.ts";
import type { Figure } from "./table.ts";

type Query = Parameters<ReturnType<typeof createQuery>>[0];

const searches = 3_000;
const page = 100;

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const windows = [86_400_000, 7 * 86_400_000, 90 * 86_400_000, spanMs];

/** What an auditor asks: each criterion now and then, alone and together, within a day, a week, a quarter or all. */
function anySearch(below: (count: number) => number): Query["criteria"] {
  const from = begin + below(spanMs);
  const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
  const sometimes = <T>(one: number, value: () => T): T | undefined =>
    below(one) === 0 ? value() : undefined;
  const member = () => nodeIdSchema.parse(pick(members));
  return {
    from: sometimes(2, () => from),
    to: sometimes(2, () => from + (pick(windows) ?? spanMs)),
    member: sometimes(2, member),
    purpose: sometimes(2, () => purposeCodeSchema.parse(pick(purposes))),
    outcome: sometimes(3, () => pick(useOutcomes) ?? "open"),
    code: sometimes(12, () => pick(codes)),
    authoriser: sometimes(6, member),
    target: sometimes(12, member),
    tag: sometimes(6, () => tagOf(below(subjects))),
  };
}

/** Searches over an index of that many lines: what the thread that searches takes, without the way there. */
export function measureSearch(folder: string, lines: number): Figure[] {
  const path = join(folder, "search.db");
  const filling = performance.now();
  const database = createEmpty(path, (empty) => fillLines(empty, lines));
  const filled = (performance.now() - filling) / 1000;
  const find = createQuery(database);
  const below = dice(7);
  const size = 2 * lines;
  const took: { readonly ms: number; readonly criteria: string }[] = [];
  for (let turn = 0; turn < searches; turn += 1) {
    const criteria = anySearch(below);
    const begun = performance.now();
    const rows = find({ criteria, limit: page }, size, page + 1);
    took.push({ ms: performance.now() - begun, criteria: named(criteria) });
    const last = rows[page - 1];
    if (last === undefined) continue;
    const next = performance.now();
    find({ criteria, limit: page, after: { at: last.at, index: last.idx, size } }, size, page + 1);
    took.push({ ms: performance.now() - next, criteria: `${named(criteria)}, next page` });
  }
  database.close();
  rmSync(path, { force: true });
  const sorted = took.toSorted((one, other) => one.ms - other.ms);
  const at = (p: number) => quantile(sorted, p)?.ms ?? Number.NaN;
  const worst = sorted.at(-1);
  return [
    { name: `search index of ${lines} lines, made in`, value: filled, unit: "s" },
    { name: "one page of a search, p50", value: at(0.5), unit: "ms" },
    { name: "one page of a search, p99", value: at(0.99), unit: "ms", aim: { under: 100 } },
    { name: `… the slowest, by ${worst?.criteria}`, value: worst?.ms ?? Number.NaN, unit: "ms" },
  ];
}

const named = (criteria: object) =>
  Object.entries(criteria)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .join("+");
