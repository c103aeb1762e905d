import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Search, useOutcomes } from "@xinqiao/protocol/audit";
import { purposeCodeSchema } from "@xinqiao/protocol/catalogue";
import { nodeIdSchema } from "@xinqiao/protocol/identity";
import { commit, commitmentKeyBytes, encodeEntry, type LogEntry } from "@xinqiao/protocol/log";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { caseTag, nobodysTag } from "../../../log/index.ts";
import type { IndexedCriteria } from "../../../search/index.ts";
import { type Database, openDatabase } from "../database.ts";
import { createLogWriter } from "../log-writer.ts";
import { openSearch } from "./open.ts";
import { keepTag } from "./testing/tag.ts";

const node = (id: string) => nodeIdSchema.parse(id);
const members = ["sz-baoan", "dg", "sample-bank"].map(node);
const purposes = ["bid-review", "approval"].map((code) => purposeCodeSchema.parse(code));
const codes = ["policy.purpose-excludes-item", "policy.role-not-allowed"] as const;
const tags = ["one", "two"].map((text) => Buffer.from(text.padEnd(16)));
const tagKey = Buffer.alloc(32, 1);
const cases = ["示例案2026-1", "示例案2026-2"];
const opening = Buffer.alloc(commitmentKeyBytes, 2);

/** What happens next: a lookup, a refusal, the end of one that is open, or something else. */
interface Step {
  readonly what: "ask" | "refuse" | "close" | "interrupt" | "other";
  readonly who: number;
  readonly purpose: number;
  readonly code: number;
  readonly tag: number | undefined;
  readonly case: number | undefined;
  readonly authorised: boolean;
  readonly complete: boolean;
  /** Milliseconds since the step before; a clock may be set back. */
  readonly passed: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom("ask", "ask", "refuse", "close", "close", "interrupt", "other"),
  who: fc.nat(2),
  purpose: fc.nat(1),
  code: fc.nat(1),
  tag: fc.option(fc.nat(1), { nil: undefined }),
  case: fc.option(fc.nat(1), { nil: undefined }),
  authorised: fc.boolean(),
  complete: fc.boolean(),
  passed: fc.integer({ min: -2, max: 4 }),
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const criteria: fc.Arbitrary<IndexedCriteria> = fc.record({
  from: maybe(fc.integer({ min: 995, max: 1_060 })),
  to: maybe(fc.integer({ min: 995, max: 1_060 })),
  member: maybe(fc.constantFrom(...members, node("nobody"))),
  purpose: maybe(fc.constantFrom(...purposes)),
  outcome: maybe(fc.constantFrom(...useOutcomes)),
  code: maybe(fc.constantFrom(...codes)),
  authoriser: maybe(fc.constantFrom(...members)),
  target: maybe(fc.constantFrom(...members)),
  tag: maybe(fc.constantFrom(...tags)),
  caseTag: maybe(fc.constantFrom(...cases.map((reference) => caseTag(tagKey, reference)))),
});

interface Written {
  readonly index: number;
  readonly at: number;
  readonly entry: LogEntry;
  readonly tag: Buffer | undefined;
  readonly caseTag: Buffer | undefined;
}

/** A log that grows step by step, and all that was written, for the plain filter. */
class GrowingLog {
  readonly written: Written[] = [];
  readonly #open: number[] = [];
  readonly #database: Database;
  readonly #writer: ReturnType<typeof createLogWriter>;
  #at = 1_000;

  constructor(path: string) {
    this.#database = openDatabase(path);
    this.#database.pragma("synchronous = OFF");
    this.#writer = createLogWriter(this.#database);
  }

  take(steps: readonly Step[]): void {
    for (const each of steps) this.#write(each);
  }

  close(): void {
    this.#database.close();
  }

  #write(next: Step): void {
    this.#at = Math.max(0, this.#at + next.passed);
    const index = this.written.length;
    const entry = entryOf(next, new Date(this.#at).toISOString(), this.#open);
    if (entry.kind === "lookup.intent") this.#open.push(index);
    const tag = entry.kind.startsWith("lookup.") && next.tag !== undefined ? tags[next.tag] : undefined;
    const { kind, exchange, actor } = entry;
    const reference = entry.commitments === undefined ? undefined : cases[next.case ?? 0];
    const staged = { at: this.#at, kind, exchange, actor, leaf: encodeEntry(entry) };
    this.#writer.write([
      reference === undefined ? staged : { ...staged, evidence: besideOf(reference, tag) },
    ]);
    if (tag && reference === undefined) keepTag(this.#database, index, tag);
    const tagOfCase = reference === undefined ? undefined : caseTag(tagKey, reference);
    this.written.push({ index, at: this.#at, entry, tag, caseTag: tagOfCase });
  }
}

function besideOf(value: string, tag: Buffer | undefined) {
  const openings = [{ field: "caseReference", key: opening.toString("base64"), value }];
  const kept = JSON.stringify({ openings });
  return { tag: tag?.toString("hex") ?? nobodysTag, until: Date.parse("2099-01-01"), kept };
}

function entryOf(next: Step, at: string, open: number[]): LogEntry {
  const member = members[next.who] ?? null;
  const common = { v: 1, at, exchange: null, actor: member } as const;
  const purpose = purposes[next.purpose] ?? null;
  const permitted = { id: "0f4c2d1e-9b7a-4c55-8f1e-1a2c3d4e5f60", issuer: node("dg") };
  const authorisation = next.authorised ? { authorisation: permitted } : {};
  const intent = next.what === "close" || next.what === "interrupt" ? open.shift() : undefined;
  if (intent !== undefined) {
    return next.what === "close"
      ? { ...common, kind: "lookup.outcome", intent, complete: next.complete, rows: [] }
      : { ...common, kind: "exchange.interrupted", intent };
  }
  const reference = next.case === undefined ? undefined : cases[next.case];
  const commitments =
    reference === undefined ? {} : { commitments: { caseReference: commit(opening, reference) } };
  const passedOn = next.who === 2 ? { actor: node("dg-city"), requester: members[2] } : {};
  if (next.what === "ask" && purpose !== null) {
    const targets = members.slice(0, next.who);
    const asked = { purpose, items: [], jurisdictions: [], targets, deadlineMs: 1 };
    return { ...common, ...passedOn, kind: "lookup.intent", ...asked, ...authorisation, ...commitments };
  }
  if (next.what === "refuse") {
    const code = codes[next.code] ?? codes[0];
    const asked = { purpose, items: [], jurisdictions: [], code, rule: "some-rule" };
    return { ...common, ...passedOn, kind: "lookup.refused", ...asked, ...authorisation, ...commitments };
  }
  return { ...common, kind: "gateway.stopped" };
}

/** The answer that a filter over every entry gives: indexes of what is found, newest first, each with what closed it. */
function plainFilter(written: readonly Written[], wanted: IndexedCriteria): number[][] {
  const closing = (index: number) => written.find(({ entry }) => "intent" in entry && entry.intent === index);
  return written
    .filter(({ entry }) => !("intent" in entry))
    .filter((line) => matches(line, closing(line.index)?.entry, wanted))
    .sort((one, other) => other.at - one.at || other.index - one.index)
    .map(({ index }) => {
      const closed = closing(index);
      return closed === undefined ? [index] : [index, closed.index];
    });
}

function matches(
  { entry, at, tag, caseTag: tagOfCase }: Written,
  closed: LogEntry | undefined,
  wanted: IndexedCriteria,
): boolean {
  const has = <T>(criterion: T | undefined, value: T | null | undefined) =>
    criterion === undefined || criterion === value;
  const asked = entry.kind === "lookup.intent" || entry.kind === "lookup.refused" ? entry : undefined;
  const code = entry.kind === "lookup.refused" ? entry.code : undefined;
  const targets = entry.kind === "lookup.intent" ? entry.targets : [];
  return (
    (wanted.from === undefined || at >= wanted.from) &&
    (wanted.to === undefined || at < wanted.to) &&
    has(wanted.member, asked?.requester ?? entry.actor) &&
    has(wanted.purpose, asked?.purpose) &&
    has(wanted.outcome, outcomeOf(entry, closed)) &&
    has(wanted.code, code) &&
    has(wanted.authoriser, asked?.authorisation?.issuer) &&
    (wanted.target === undefined || targets.includes(wanted.target)) &&
    (wanted.tag === undefined || tag?.equals(wanted.tag) === true) &&
    (wanted.caseTag === undefined || tagOfCase?.equals(wanted.caseTag) === true)
  );
}

function outcomeOf(entry: LogEntry, closed: LogEntry | undefined) {
  if (entry.kind === "lookup.refused") return "refused";
  if (entry.kind !== "lookup.intent") return undefined;
  if (closed === undefined) return "open";
  if (closed.kind !== "lookup.outcome") return "interrupted";
  return closed.complete ? "complete" : "partial";
}

describe("a search", () => {
  let folder: string;
  let turn = 0;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xinqiao-search-"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function scene(steps: readonly Step[]) {
    turn += 1;
    const paths = { log: join(folder, `${turn}.db`), search: join(folder, `${turn}-search.db`), tagKey };
    const log = new GrowingLog(paths.log);
    log.take(steps);
    const index = openSearch(paths);
    const catchUp = () => {
      while (index.step());
    };
    catchUp();
    const close = () => {
      index.close();
      log.close();
    };
    return { log, index, catchUp, close };
  }

  it("answers exactly what a plain filter over all entries answers", { timeout: 60_000 }, () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.array(criteria, { minLength: 10, maxLength: 20 }), (given, all) => {
        const { log, index, close } = scene(given);
        for (const wanted of all) {
          const { lines } = index.search({ criteria: wanted, limit: 1_000 });
          const found = lines.map(({ entries }) => entries.map((entry) => entry.index));
          expect(found).toEqual(plainFilter(log.written, wanted));
        }
        close();
      }),
      { numRuns: 60 },
    );
  });

  it("page by page loses nothing and doubles nothing while entries are appended", { timeout: 60_000 }, () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 40 });
    const pages = fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 10 });
    fc.assert(
      fc.property(steps, pages, criteria, fc.integer({ min: 1, max: 5 }), (given, between, wanted, limit) => {
        const { log, index, catchUp, close } = scene(given);
        const then = [...log.written];
        const found: number[][] = [];
        let after: Search["after"];
        for (let page = 0, more = true; more; page += 1) {
          const answer = index.search({ criteria: wanted, limit, after });
          expect(answer.size).toBe(then.length);
          found.push(...answer.lines.map(({ entries }) => entries.map((entry) => entry.index)));
          after = answer.next;
          more = after !== undefined;
          log.take(between[page] ?? []);
          catchUp();
        }
        expect(found).toEqual(plainFilter(then, wanted));
        close();
      }),
      { numRuns: 80 },
    );
  });

  it("counts what a plain filter over all entries counts", { timeout: 60_000 }, () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 60 });
    const counted = fc.record({
      member: maybe(fc.constantFrom(...members)),
      purpose: maybe(fc.constantFrom(...purposes)),
      outcome: maybe(fc.constantFrom(...useOutcomes)),
    });
    const groups = fc.constantFrom("member", "purpose", "outcome", undefined);
    fc.assert(
      fc.property(steps, counted, groups, (given, wanted, by) => {
        const { log, index, close } = scene(given);
        const { rows } = index.count({ criteria: wanted, every: "day", by });
        const found = plainFilter(log.written, wanted).map(([first = 0, closing]) => {
          const entry = log.written[first]?.entry;
          const closed = closing === undefined ? undefined : log.written[closing]?.entry;
          return entry && by && groupOf(entry, closed, by);
        });
        expect(new Map(rows.map(({ group, count }) => [group, count]))).toEqual(tallied(found));
        expect(rows.every(({ at }) => at === "1969-12-31T16:00:00.000Z")).toBe(true);
        close();
      }),
      { numRuns: 60 },
    );
  });
});

function groupOf(entry: LogEntry, closed: LogEntry | undefined, by: "member" | "purpose" | "outcome") {
  if (by === "outcome") return outcomeOf(entry, closed) ?? null;
  const asked = entry.kind === "lookup.intent" || entry.kind === "lookup.refused" ? entry : undefined;
  return by === "purpose" ? (asked?.purpose ?? null) : (asked?.requester ?? entry.actor);
}

function tallied<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
