import type { UseOutcome } from "@xinqiao/protocol/audit";
import type { IndexedCriteria, IndexQuery } from "../../../search/index.ts";
import type { Database } from "../database.ts";
import { idBytes } from "./index-writer.ts";
import { openNames } from "./names.ts";

/** A line's place, and the entry that closed it. */
export interface FoundRow {
  readonly idx: number;
  readonly at: number;
  readonly closed: number | null;
}

type Value = number | Buffer;

/** A statement's parts: what it is read along, in the order of time, and what its lines must be. */
interface Way extends Along {
  readonly conditions: string[];
  readonly values: Value[];
}

interface Along {
  readonly from: string;
  readonly at: string;
  readonly idx: string;
}

const words = ["member", "purpose", "code", "authoriser"] as const;
const columns = { member: "member", purpose: "purpose", code: "code", authoriser: "issuer" } as const;

/** Reads lines of the log as it was at `size`, newest first. */
export function createQuery(database: Database) {
  const names = openNames(database);

  /** Nothing when a word is asked for that no line has. */
  function wayOf({ criteria, after }: IndexQuery, size: number): Way | undefined {
    const along = alongFor(criteria);
    const { at, idx } = along;
    const way: Way = { ...along, conditions: [`${idx} < ?`], values: [size] };
    const also = (condition: string, ...values: Value[]) => {
      way.conditions.push(condition);
      way.values.push(...values);
    };
    for (const word of words) {
      const text = criteria[word];
      if (text === undefined) continue;
      const number = names.known(text);
      if (number === undefined) return undefined;
      also(`line.${columns[word]} = ?`, number);
    }
    if (criteria.target !== undefined) {
      const node = names.known(criteria.target);
      if (node === undefined) return undefined;
      also(along === alongTargets ? "target.node = ?" : asked, node);
    }
    if (criteria.tag !== undefined) also("line.tag = ?", Buffer.from(criteria.tag));
    if (criteria.caseTag !== undefined) also("line.case_tag = ?", Buffer.from(criteria.caseTag));
    if (criteria.trace !== undefined) also("line.trace = ?", idBytes(criteria.trace) ?? Buffer.of());
    if (criteria.from !== undefined) also(`${at} >= ?`, criteria.from);
    // One upper bound only: of two, SQLite would begin to read at either.
    const before = Math.min(criteria.to ?? Infinity, after === undefined ? Infinity : after.at + 1);
    if (before < Infinity) also(`${at} < ?`, before);
    if (after) also(`(${at} < ? OR ${idx} < ?)`, after.at, after.index);
    return way;
  }

  function run({ from, at, idx, conditions, values }: Way, limit: number): FoundRow[] {
    const where = conditions.join(" AND ");
    return database
      .prepare<Value[], FoundRow>(
        `SELECT line.idx, line.at, line.closed FROM ${from} WHERE ${where} ORDER BY ${at} DESC, ${idx} DESC LIMIT ?`,
      )
      .all(...values, limit);
  }

  function withOutcome(way: Way, outcome: UseOutcome, size: number, limit: number): FoundRow[] {
    const number = names.known(outcome);
    const also = (condition: string, ...values: Value[]) => ({
      ...way,
      conditions: [...way.conditions, condition],
      values: [...way.values, ...values],
    });
    const settled =
      number === undefined ? [] : run(also(`line.outcome = ? AND ${standing}`, number, size), limit);
    if (outcome !== "open") return settled;
    // Closed since, but open in the log as it was.
    const since = run({ ...also("line.closed >= ?", size), ...closedSince(way) }, limit);
    return [...settled, ...since].sort(newestFirst).slice(0, limit);
  }

  return (query: IndexQuery, size: number, limit: number): FoundRow[] => {
    const way = wayOf(query, size);
    if (way === undefined) return [];
    const { outcome } = query.criteria;
    return outcome === undefined ? run(way, limit) : withOutcome(way, outcome, size, limit);
  };
}

const standing = "(line.closed IS NULL OR line.closed < ?)";

const newestFirst = (one: FoundRow, other: FoundRow) => other.at - one.at || other.idx - one.idx;

const asked =
  "EXISTS (SELECT 1 FROM target WHERE node = ? AND target.at = line.at AND target.line = line.idx)";

const alongIndex = (name: string): Along => ({
  from: `line INDEXED BY ${name}`,
  at: "line.at",
  idx: "line.idx",
});

const alongTargets: Along = {
  from: "target CROSS JOIN line ON line.idx = target.line",
  at: "target.at",
  idx: "target.line",
};

const closedSince = ({ from }: Along) =>
  from === alongTargets.from ? alongTargets : alongIndex("line_closed");

/** Chosen here and not by SQLite, which knows nothing of how members and purposes are spread. */
function alongFor(criteria: IndexedCriteria): Along {
  const { member, purpose, outcome, code, authoriser, tag, caseTag, trace, target } = criteria;
  if (trace !== undefined) return alongIndex("line_trace");
  if (tag !== undefined) return alongIndex("line_tag");
  if (caseTag !== undefined) return alongIndex("line_case");
  if (authoriser !== undefined) return alongIndex("line_issuer");
  if (code !== undefined) return alongIndex("line_code");
  const given = Object.entries({ member, purpose, outcome }).filter(([, value]) => value !== undefined);
  const names = given.map(([name]) => name);
  if (names.length === 3) return alongIndex("line_member_purpose");
  if (names.length > 0) return alongIndex(`line_${names.join("_")}`);
  return target === undefined ? alongIndex("line_at") : alongTargets;
}
