import {
  compareBooks,
  type Difference,
  type DigestGroup,
  type Digests,
  digestsSchema,
  emptyRange,
  groupName,
  mostRanges,
  type Range,
  type RangePlace,
  rangeOf,
} from "@xinqiao/protocol/digests";
import { ok, type Result } from "@xinqiao/protocol/result";
import { isWanted, mayHold, type Subscription } from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { askGateway, type CallDependencies, type CallError, invalidReply } from "../lookup/index.ts";
import { tellableItems } from "../sharing/index.ts";
import type { CopiesDependencies } from "./port.ts";

/** How one group stands here and at the city. */
export interface GroupCompared {
  readonly group: DigestGroup;
  readonly here: number;
  readonly there: number;
  readonly differences: readonly Difference[];
  /** Records that the city has refused as they are: that they differ is known, and to tell them again changes nothing. */
  readonly refused: number;
  readonly cut: boolean;
  /** Whether the city's changed while it was compared. */
  readonly moved: boolean;
}

/**
 * Compares what this member tells with what the city has of it, or what it holds of others with what the city would hand
 * it: one question for all groups, and one a level for each that differs (PR-SYNC §7).
 * @param subscription null: what it tells
 */
export async function compareCopies(
  subscription: Subscription | null,
  deps: CopiesDependencies,
  signal: AbortSignal,
): Promise<Result<readonly GroupCompared[], CallError>> {
  const { digests, today } = deps;
  const roots = await askDigests({ subscription, ranges: [] }, deps, signal);
  if (!roots.ok) return roots;
  // What is only on its way is no difference.
  if (subscription !== null) await deps.settled(signal, roots.value.newest);
  const own = await digests.catchUp(today(), () => digests.groups());
  const there = new Map(roots.value.ranges.map(({ group, range }) => [groupName(group), { group, range }]));
  for (const group of own.filter(isCompared(subscription, deps))) {
    const name = groupName(group);
    if (!there.has(name)) there.set(name, { group, range: emptyRange });
  }
  const compared: GroupCompared[] = [];
  for (const { group, range } of there.values()) {
    const one = await compareGroup(group, range, subscription, deps, signal);
    if (!one.ok) return one;
    compared.push(one.value);
  }
  return ok(compared);
}

/** What the city has nothing of may be here all the same. */
function isCompared(
  subscription: Subscription | null,
  { call, catalogue }: Pick<CopiesDependencies, "call" | "catalogue">,
): (group: DigestGroup) => boolean {
  const { node, directory, now } = call;
  if (subscription === null) {
    const told = new Set(tellableItems(catalogue()));
    return ({ source, item }) => source === node && told.has(item);
  }
  const self = directory().member(node);
  const rules = { catalogue: catalogue(), directory: directory(), at: now() };
  return ({ source, subjectKind: kind, ...group }) =>
    source !== node &&
    self !== undefined &&
    mayHold(self, group, rules) &&
    isWanted({ ...group, subject: { kind } }, subscription);
}

async function compareGroup(
  group: DigestGroup,
  range: Range,
  subscription: Subscription | null,
  { digests, call, outbox, today }: CopiesDependencies,
  signal: AbortSignal,
): Promise<Result<GroupCompared, CallError>> {
  const book = digests.book(group);
  const whole = [{ group, prefix: "" }];
  const { count: here } = await digests.catchUp(today(), () => rangeOf("", book), whole);
  const ask = (prefixes: readonly string[]) =>
    askRanges(
      prefixes.map((prefix) => ({ group, prefix })),
      { subscription, call },
      signal,
    );
  const invalid = () => invalidReply("a range is not what its digest says");
  const compared = await compareBooks<CallError>(book, range, ask, invalid);
  if (!compared.ok) return compared;
  const isKnown = ({ key }: Difference) => {
    const record = subscription === null ? digests.recordOf(call.node, key) : undefined;
    return record !== undefined && outbox.isRefused(record);
  };
  const differences = compared.value.differences.filter((each) => !isKnown(each));
  const refused = compared.value.differences.length - differences.length;
  const { cut, moved } = compared.value;
  return ok({ group, here, there: range.count, differences, refused, cut, moved });
}

/** As many questions as they need, each with as many ranges as it has room for. */
async function askRanges(
  places: readonly RangePlace[],
  deps: { readonly subscription: Subscription | null; readonly call: CallDependencies },
  signal: AbortSignal,
): Promise<Result<readonly Range[], CallError>> {
  const found: Range[] = [];
  for (let at = 0; at < places.length; at += mostRanges) {
    const ranges = places.slice(at, at + mostRanges);
    const told = await askDigests({ subscription: deps.subscription, ranges }, deps, signal);
    if (!told.ok) return told;
    found.push(...told.value.ranges.map(({ range }) => range));
  }
  return ok(found);
}

function askDigests(
  body: { readonly subscription: Subscription | null; readonly ranges: readonly RangePlace[] },
  { call }: { readonly call: CallDependencies },
  signal: AbortSignal,
): Promise<Result<Digests, CallError>> {
  const question = { path: "/v1/digests", body, answer: digestsSchema };
  return askGateway(question, nextHop(undefined, call.entropy.hex), call, signal);
}
