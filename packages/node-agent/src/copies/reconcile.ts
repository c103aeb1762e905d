import { itemCodeSchema } from "@xinqiao/protocol/catalogue";
import {
  type CopiesCompared,
  copiesComparedSchema,
  copiesReportedSchema,
  mostCompared,
} from "@xinqiao/protocol/digests";
import type { NodeId } from "@xinqiao/protocol/identity";
import { ok, type Result } from "@xinqiao/protocol/result";
import { feedIdSchema, type Subscription } from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { z } from "zod";
import type { TakenCopies } from "../delivery/index.ts";
import { askGateway, type CallError } from "../lookup/index.ts";
import type { GroupCompared } from "./compare.ts";
import type { CopiesDependencies } from "./port.ts";
import { compareSteadily, differs } from "./steady.ts";

const changes = z.number().int().nonnegative().nullable();

/** One source and item, as both sides have it. */
export const copiesRowSchema = copiesComparedSchema.extend({
  item: itemCodeSchema,
  /** Records of this member's own that the city has refused as they are. */
  refused: z.number().int().nonnegative(),
  /** The last of the source's changes that was received, and that was receipted; null of this member's own. */
  received: changes,
  applied: changes,
  /** Copies that the member's own platform has as they are now; null of its own records, and where none are delivered. */
  actedUpon: changes,
});
export type CopiesRow = z.infer<typeof copiesRowSchema>;

export const copiesReconciledSchema = z.strictObject({ rows: z.array(copiesRowSchema) });
export type CopiesReconciled = z.infer<typeof copiesReconciledSchema>;

/**
 * Compares copies, repairs what differs, compares again, and tells the city's log how it was. What the city lacks or has
 * otherwise is told again; what it has too much goes with another feed; what is wrong here is read anew.
 */
export async function reconcileCopies(
  deps: CopiesDependencies,
  signal: AbortSignal,
): Promise<Result<CopiesReconciled, CallError>> {
  const isSettled = await deps.settled(signal);
  const rows: CopiesRow[] = [];
  const sides = [...(deps.tells ? [null] : []), ...(deps.wants === null ? [] : [deps.wants])];
  for (const subscription of sides) {
    const side = await reconcileSide(subscription, { ...deps, isSettled }, signal);
    if (!side.ok) return side;
    rows.push(...side.value);
  }
  const noted = await note(rows, deps, signal);
  return noted.ok ? ok({ rows }) : noted;
}

/** What is still on its way differs, and is not to be repaired. */
async function reconcileSide(
  subscription: Subscription | null,
  { isSettled, ...deps }: CopiesDependencies & { readonly isSettled: boolean },
  signal: AbortSignal,
): Promise<Result<readonly CopiesRow[], CallError>> {
  const before = await compareSteadily(subscription, deps, signal);
  if (!before.ok) return before;
  const isFound = before.value.some(({ cut, differences }) => cut || differences.length > 0);
  const after = !isFound || !isSettled ? before : await repair(before.value, subscription, deps, signal);
  if (!after.ok) return after;
  const later = Map.groupBy(after.value, rowName);
  const rows = [...Map.groupBy(before.value, rowName)];
  const taken = await takenOf(rows, deps);
  return ok(rows.map(([name, groups]) => rowOf(groups, later.get(name) ?? [], { ...deps, taken })));
}

type Taken = ReadonlyMap<NodeId, TakenCopies>;

/** By source: each one's copies are gone through once, however many items they are of. */
async function takenOf(
  rows: readonly (readonly [string, readonly GroupCompared[]])[],
  { call, takenBy, today }: Pick<CopiesDependencies, "call" | "takenBy" | "today">,
): Promise<Taken> {
  const sources = new Set(rows.flatMap(([, groups]) => groups.map(({ group }) => group.source)));
  sources.delete(call.node);
  const taken = new Map<NodeId, TakenCopies>();
  for (const source of sources) taken.set(source, await takenBy(source, today()));
  return taken;
}

async function repair(
  groups: readonly GroupCompared[],
  subscription: Subscription | null,
  deps: CopiesDependencies,
  signal: AbortSignal,
): Promise<Result<readonly GroupCompared[], CallError>> {
  if (subscription === null) tellAgain(groups, deps);
  else deps.inbox.readAnew();
  await deps.settled(signal);
  return compareSteadily(subscription, deps, signal);
}

const rowName = ({ group: { source, item } }: GroupCompared) => `${source}/${item}`;
const sum = (groups: readonly GroupCompared[], of: (group: GroupCompared) => number) =>
  groups.reduce((total, group) => total + of(group), 0);
const howMany = (groups: readonly GroupCompared[], how: string) =>
  sum(groups, ({ differences }) => differences.filter((each) => each.how === how).length);

function tellAgain(groups: readonly GroupCompared[], { call, digests, outbox }: CopiesDependencies): void {
  const all = groups.flatMap(({ differences }) => differences);
  // Nothing of this feed names what is not here any more: another one has it dropped everywhere.
  if (groups.some(({ cut }) => cut) || all.some(({ how }) => how === "only-there")) {
    outbox.beginAnew(feedIdSchema.parse(call.entropy.uuid()));
    return;
  }
  outbox.requeue(all.flatMap(({ key }) => digests.recordOf(call.node, key) ?? []));
}

function rowOf(
  before: readonly GroupCompared[],
  after: readonly GroupCompared[],
  { call, inbox, taken }: Pick<CopiesDependencies, "call" | "inbox"> & { readonly taken: Taken },
): CopiesRow {
  const [first] = before;
  if (first === undefined) throw new Error("a row of nothing");
  const { source, item } = first.group;
  const found = sum(before, ({ differences }) => differences.length);
  const left = sum(after, ({ differences }) => differences.length);
  return {
    source,
    item,
    here: sum(before, ({ here }) => here),
    there: sum(before, ({ there }) => there),
    onlyHere: howMany(before, "only-here"),
    onlyThere: howMany(before, "only-there"),
    otherwise: howMany(before, "otherwise"),
    refused: sum(after, ({ refused }) => refused),
    repaired: Math.max(found - left, 0),
    equal: !after.some(differs),
    ...(source === call.node ? { received: null, applied: null } : receivedOf(source, inbox)),
    actedUpon: taken.get(source)?.(item) ?? null,
  };
}

function receivedOf(source: NodeId, inbox: CopiesDependencies["inbox"]) {
  const received = inbox.past(source).place?.upTo ?? 0;
  const isUntold = inbox.untold().some((applied) => applied.source === source);
  return { received, applied: isUntold ? null : received };
}

/** To the log by source: an entry has no room for every item. */
async function note(
  rows: readonly CopiesRow[],
  { call }: CopiesDependencies,
  signal: AbortSignal,
): Promise<Result<unknown, CallError>> {
  const bySource = [...Map.groupBy(rows, ({ source }) => source)];
  const compared = bySource.map(([source, of]) => totalOf(source, of)).slice(0, mostCompared);
  if (compared.length === 0) return ok(undefined);
  const question = { path: "/v1/digests/reports", body: { compared }, answer: copiesReportedSchema };
  return askGateway(question, nextHop(undefined, call.entropy.hex), call, signal);
}

function totalOf(source: NodeId, rows: readonly CopiesRow[]): CopiesCompared {
  const total = (of: (row: CopiesRow) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  return {
    source,
    here: total(({ here }) => here),
    there: total(({ there }) => there),
    onlyHere: total(({ onlyHere }) => onlyHere),
    onlyThere: total(({ onlyThere }) => onlyThere),
    otherwise: total(({ otherwise }) => otherwise),
    repaired: total(({ repaired }) => repaired),
    equal: rows.every(({ equal }) => equal),
  };
}
