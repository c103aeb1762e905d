import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Jurisdiction } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  closedTo,
  type Delivery,
  isWanted,
  mayHold,
  mayHoldItem,
  openReceipt,
  type ReadRequest,
  type Subscription,
} from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Completing } from "./complete.ts";
import { hasWanted } from "./has-wanted.ts";
import type { UntilTaken } from "./one-wait.ts";
import type { PackPage, VisiblePage } from "./packed-pages.ts";
import type { Hub, KeptLine, KeptPage, KeptReceipt, Reading, ReadingScope } from "./ports.ts";
import { sha256 } from "./sha256.ts";
import { type DisputedFor, sayDisputed } from "./tell-disputed.ts";

export interface ReadChangesDependencies {
  readonly hub: Hub;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly log: Pick<AuditLog, "append">;
  readonly completing: Completing;
  readonly pack: PackPage;
  readonly disputedFor: DisputedFor;
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
  /** Resolves when something has come, the time is over, or nobody waits any more. */
  readonly untilTaken: UntilTaken;
}

export interface AuthenticatedRead {
  readonly read: ReadRequest;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
  readonly gone: AbortSignal;
}

export type ReadError = { readonly refused: Fault } | { readonly failed: AppendError };

/** Most bytes of lines in one reply, before they are packed. */
const replyBytes = 2 * 1024 * 1024;

/**
 * Takes a subscriber's receipts, and hands it what is new for it: in the log first. Lines that it may not see, or does
 * not want, are withheld; the pages are all there, so that it can follow every source's chain (PR-SYNC §4).
 */
export async function readChanges(
  request: AuthenticatedRead,
  deps: ReadChangesDependencies,
): Promise<Result<Delivery, ReadError>> {
  const { read, member, gone } = request;
  const noted = await noteReceipts(request, deps);
  if (!noted.ok) return noted;
  const { hub } = deps;
  const { after, subscription } = read;
  const isHere = hub.isAt(after, read.head);
  hub.seen({ node: member.node, position: isHere ? after : 0 }, deps.now());
  const reading = () => ({ node: member.node, after, scope: readingScope(member.node, subscription, deps) });
  // Not of this past: the gateway was put back to an older state. Or of another scope: it has to begin again.
  if (!isHere || !hub.isReading(reading())) return ok(fromTheBeginning(reading(), deps));
  const isUpToDate = hub.newest() === after && deps.disputedFor(read, member) === undefined;
  if (isUpToDate) await deps.untilTaken(member.node, read.waitMs, gone);
  // As it is now: much may have been decided while it waited.
  const reads = reading();
  if (!hub.isReading(reads)) return ok(fromTheBeginning(reads, deps));
  const reader = deps.directory().member(member.node) ?? { ...member, status: "left" as const };
  const scope = nameOf(reads.scope);
  const sees = { member: reader, today: deps.today() };
  const visible = (page: KeptPage) => ({
    ...page,
    lines: page.lines.map(visibleTo(sees, page, subscription, deps)),
  });
  const kept = hub.behind(after, replyBytes);
  const pages = kept.map(visible);
  const last = pages.at(-1);
  const disputed = deps.disputedFor(read, reader);
  const said = await sayDisputed(disputed, { ...request, claim: noted.value.claim }, deps.log);
  if (!said.ok) return said;
  const beside = disputed === undefined ? {} : { disputed };
  if (last === undefined) return ok({ position: after, newest: hub.newest(), scope, pages: [], ...beside });
  // Before anything is waited for: a correction that is taken meanwhile has to wait for this reader, too.
  hub.handed({ node: member.node, position: last.position, subscription }, reads, deps.now());
  const logged = await deps.log.append(entryOf(pages, request), said.value.claim);
  if (!logged.ok) return err({ failed: logged.error });
  await hub.durable();
  // What was corrected meanwhile is blank by now.
  const isHanded = ({ position }: KeptPage) => position <= last.position;
  const still = hub.areUncorrected(kept)
    ? pages
    : hub.behind(after, replyBytes).filter(isHanded).map(visible);
  return ok({
    position: last.position,
    newest: hub.newest(),
    scope,
    pages: await packAll(still, deps),
    ...beside,
  });
}

const fromTheBeginning = ({ scope }: Reading, { hub }: Pick<ReadChangesDependencies, "hub">): Delivery => ({
  position: 0,
  newest: hub.newest(),
  scope: nameOf(scope),
  pages: [],
});

/** Each in a turn of its own: compressing one takes milliseconds. */
async function packAll(
  pages: readonly (VisiblePage & Pick<KeptPage, "source">)[],
  { pack }: Pick<ReadChangesDependencies, "pack">,
): Promise<Delivery["pages"]> {
  const packed: Delivery["pages"] = [];
  for (const page of pages) {
    packed.push({ source: page.source, ...pack(page) });
    await nextTurn();
  }
  return packed;
}

/** Which items a member may hold now, of those that it wants, and from where not: nothing else changes what it is handed. */
function readingScope(
  node: Member["node"],
  { items: wanted, ...places }: Subscription,
  { directory, catalogue, now }: Pick<ReadChangesDependencies, "directory" | "catalogue" | "now">,
): ReadingScope {
  const member = directory().member(node);
  const held = catalogue();
  const items = [...held.items.keys()]
    .filter((item) => wanted === "all" || wanted.includes(item))
    .filter((item) => member && mayHoldItem(member, { item }, held))
    .sort();
  const closed = member === undefined ? [] : closedTo(member, { directory: directory(), at: now() });
  const isMissed = (each: Jurisdiction) =>
    places.jurisdictions === "all" || places.jurisdictions.includes(each);
  return { ...places, items, missed: closed.filter(isMissed).sort() };
}

/** Named as before where every city has agreed: nobody has to read anew for nothing. */
const nameOf = ({ items, missed }: ReadingScope): string =>
  sha256(JSON.stringify(missed.length === 0 ? items : { items, missed }));

interface Reader {
  readonly member: Member;
  readonly today: string;
}

function visibleTo(
  { member, today }: Reader,
  { source }: KeptPage,
  subscription: Subscription,
  { catalogue, directory, now }: Pick<ReadChangesDependencies, "catalogue" | "directory" | "now">,
): (line: KeptLine | undefined) => string | null {
  const rules = { catalogue: catalogue(), directory: directory(), at: now() };
  return (kept) => {
    if (kept === undefined || source === member.node) return null;
    const seen = mayHold(member, kept, rules) && concerns(kept, member.node, subscription);
    return seen && isNews(kept, member.node, today) ? kept.line : null;
  };
}

/** Whether a reader wants it, or was given it while it was something that the reader wants. */
function concerns(kept: KeptLine, node: Member["node"], subscription: Subscription): boolean {
  return isWanted(kept, subscription) || (kept.given.has(node) && hasWanted(kept, subscription));
}

/**
 * That a record is gone is news to those who were given it. So is that it has ended, where what they were given would go on
 * beyond that; others drop it by themselves (PR-SYNC §1).
 */
function isNews(
  { isGone, until, given, givenUntil }: KeptLine,
  node: Member["node"],
  today: string,
): boolean {
  if (isGone) return given.has(node);
  if (until === null || today <= until) return true;
  return given.has(node) && givenUntil !== null && until < givenUntil;
}

function entryOf(
  pages: readonly { readonly position: number; readonly lines: readonly (string | null)[] }[],
  { member, requestId, traceId }: AuthenticatedRead,
) {
  const lines = pages.flatMap((page) => page.lines);
  const withheld = lines.filter((line) => line === null).length;
  return {
    kind: "changes.delivered",
    exchange: requestId,
    actor: member.node,
    traceId,
    from: pages[0]?.position ?? 0,
    to: pages.at(-1)?.position ?? 0,
    changes: lines.length - withheld,
    withheld,
  } as const;
}

/** @returns the claim when it is still to be spent */
async function noteReceipts(
  { read: { receipts: texts }, member, requestId, traceId, claim }: AuthenticatedRead,
  { hub, directory, log, completing, now }: ReadChangesDependencies,
): Promise<Result<{ readonly claim?: NonceClaim }, ReadError>> {
  if (texts.length === 0) return ok({ claim });
  const kept: KeptReceipt[] = [];
  for (const text of texts) {
    const receipt = openReceipt(text, member.node, directory());
    if (receipt === undefined) return err({ refused: fault("sync.receipt-invalid") });
    // Of a feed that its source has replaced since, or of what a gateway put back does not have: nothing to note.
    if (hub.has(receipt.source, receipt)) kept.push({ receipt, text, sha256: sha256(text) });
  }
  if (kept.length === 0) return ok({ claim });
  const receipts = kept.map(({ receipt: { source, feed, upTo }, sha256: receipt }) => ({
    source,
    feed,
    upTo,
    receipt,
  }));
  const about = { exchange: requestId, actor: member.node, traceId };
  const logged = await log.append({ kind: "changes.applied", ...about, receipts }, claim);
  if (!logged.ok) return err({ failed: logged.error });
  hub.acknowledge(member.node, kept, now());
  await hub.durable();
  await completing.complete();
  return ok({});
}
