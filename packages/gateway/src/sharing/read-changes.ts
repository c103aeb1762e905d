import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
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
import type { UntilTaken } from "./one-wait.ts";
import type { PackPage, VisiblePage } from "./packed-pages.ts";
import type { Hub, KeptLine, KeptPage, KeptReceipt } from "./ports.ts";
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
  // Not of this past: the gateway was put back to an older state, and the reader has to begin again.
  if (!isHere) {
    return ok({
      position: 0,
      newest: hub.newest(),
      scope: scopeOf(member.node, subscription, deps),
      pages: [],
    });
  }
  const isUpToDate = hub.newest() === after && deps.disputedFor(read, member) === undefined;
  if (isUpToDate) await deps.untilTaken(member.node, read.waitMs, gone);
  // As it is now: much may have been decided while it waited.
  const reader = deps.directory().member(member.node) ?? { ...member, status: "left" as const };
  const scope = scopeOf(member.node, subscription, deps);
  const position = hub.subscribers().find(({ node }) => node === member.node)?.position ?? 0;
  const sees = { member: reader, position, today: deps.today() };
  const visible = (page: KeptPage) => ({
    ...page,
    lines: page.lines.map(visibleTo(sees, page, subscription, deps)),
  });
  const newest = hub.newest();
  const pages = hub.behind(after, replyBytes).map(visible);
  const last = pages.at(-1);
  const disputed = deps.disputedFor(read, reader);
  const said = await sayDisputed(disputed, { ...request, claim: noted.value.claim }, deps.log);
  if (!said.ok) return said;
  const beside = disputed === undefined ? {} : { disputed };
  if (last === undefined) return ok({ position: after, newest: hub.newest(), scope, pages: [], ...beside });
  // Before anything is waited for: a correction that is taken meanwhile has to wait for this reader, too.
  hub.handed({ node: member.node, position: last.position, subscription }, deps.now());
  const logged = await deps.log.append(entryOf(pages, request), said.value.claim);
  if (!logged.ok) return err({ failed: logged.error });
  await hub.durable();
  // What was corrected meanwhile is blank by now.
  const unchanged = hub.newest() === newest;
  const isHanded = ({ position }: KeptPage) => position <= last.position;
  const still = unchanged ? pages : hub.behind(after, replyBytes).filter(isHanded).map(visible);
  return ok({
    position: last.position,
    newest: hub.newest(),
    scope,
    pages: await packAll(still, deps),
    ...beside,
  });
}

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
function scopeOf(
  node: Member["node"],
  { items: wanted, jurisdictions }: Subscription,
  { directory, catalogue, now }: Pick<ReadChangesDependencies, "directory" | "catalogue" | "now">,
): string {
  const member = directory().member(node);
  const held = catalogue();
  const items = [...held.items.keys()]
    .filter((item) => wanted === "all" || wanted.includes(item))
    .filter((item) => member && mayHoldItem(member, { item }, held))
    .sort();
  const closed = member === undefined ? [] : closedTo(member, { directory: directory(), at: now() });
  const missed = closed.filter((each) => jurisdictions === "all" || jurisdictions.includes(each)).sort();
  // Named as before where every city has agreed: nobody has to read anew for nothing.
  return sha256(JSON.stringify(missed.length === 0 ? items : { items, missed }));
}

interface Reader {
  readonly member: Member;
  /** How far it was handed what there is, ever. */
  readonly position: number;
  readonly today: string;
}

/** What ended, and what a reader was never given, is nobody's news. */
function isNews({ until, givenFrom }: KeptLine, position: number, today: string): boolean {
  return (until === null || today <= until) && (givenFrom === null || position >= givenFrom);
}

/** Whether a reader wants it, or was given it while it was something that the reader wants. */
function concerns(kept: KeptLine, position: number, subscription: Subscription): boolean {
  const { item, places } = kept;
  if (isWanted(kept, subscription) || places === "unknown") return true;
  return places.some(({ from, ...place }) => position >= from && isWanted({ item, ...place }, subscription));
}

function visibleTo(
  { member, position, today }: Reader,
  { source }: KeptPage,
  subscription: Subscription,
  { catalogue, directory, now }: Pick<ReadChangesDependencies, "catalogue" | "directory" | "now">,
): (line: KeptLine | undefined) => string | null {
  const rules = { catalogue: catalogue(), directory: directory(), at: now() };
  return (kept) => {
    if (kept === undefined || source === member.node) return null;
    const seen = mayHold(member, kept, rules) && concerns(kept, position, subscription);
    return seen && isNews(kept, position, today) ? kept.line : null;
  };
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
