import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { type CreditRecord, isDisclosable, isGone } from "@xinqiao/protocol/record";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type Change,
  closedTo,
  type Delivery,
  deliverySchema,
  headHash,
  isWanted,
  mayHold,
  mayHoldItem,
  mostRefused,
  mostWaitMs,
  type OpenedPage,
  openPage,
  placeOf,
  type RefusedChange,
  type Subscription,
  signReceipt,
  standingOf,
  unpackPage,
} from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { chinaDay } from "@xinqiao/runtime/calendar";
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";
import type { Applied, Inbox, MissedPage, Position, ReadingScope, Taken } from "./inbox.ts";

export interface SubscribeDependencies extends CallDependencies {
  readonly inbox: Inbox;
  readonly subscription: Subscription;
  readonly catalogue: () => Catalogue;
  /** A page that cannot be what its source has told: it is left out, and read again after a while. */
  readonly onBroken: (source: NodeId, reason: Fault) => void;
}

export interface Received {
  readonly pages: number;
  readonly changes: number;
  /** Whether there was more than came. */
  readonly more: boolean;
}

/**
 * One question to the gateway: what is new, while it hears what was applied. Nothing is receipted before it is on the
 * disk; what comes twice changes nothing (PR-SYNC §4).
 */
export async function readChanges(
  deps: SubscribeDependencies,
  signal: AbortSignal,
  waitMs = mostWaitMs,
): Promise<Result<Received, CallError>> {
  const { inbox, subscription, entropy, now } = deps;
  const since = inbox.position(scopeOf(deps), now());
  const { position: after, head } = since;
  const untold = inbox.untold();
  if (untold.length > 0) await inbox.durable();
  const receipts = await Promise.all(untold.map((applied) => receiptOf(applied, deps)));
  const body = { subscription, after, head, receipts, waitMs, disputed: inbox.disputed() };
  const question = { path: "/v1/changes/read", body, answer: deliverySchema };
  const delivery = await askGateway(question, nextHop(undefined, entropy.hex), deps, signal);
  if (!delivery.ok) return delivery;
  inbox.told(untold);
  if (delivery.value.disputed !== undefined) inbox.dispute(delivery.value.disputed);
  const { position, newest, pages, scope } = delivery.value;
  const more = position < newest;
  const nothing = ok({ pages: 0, changes: 0, more });
  if (!inbox.isSeenAs(scope)) return nothing;
  if (position < after) {
    inbox.goBack();
    return nothing;
  }
  const changes = takePages(delivery.value, since, deps);
  const last = pages.at(-1);
  inbox.readTo(last === undefined ? since : { position, head: headHash(last.head) }, !more, now());
  return ok({ pages: pages.length, changes, more });
}

function receiptOf(
  { source, place, refused }: Applied,
  { node, signer, now }: SubscribeDependencies,
): Promise<string> {
  const iat = Math.floor(now() / 1000);
  return signReceipt({ iss: node, source, ...place, iat, refused: [...refused] }, signer);
}

/** What this member may hold and wants: when it changes, what was passed over before may have to be read. */
function scopeOf({ node, directory, catalogue, subscription, now }: SubscribeDependencies): ReadingScope {
  const { items: wanted, jurisdictions, ...others } = subscription;
  const self = directory().member(node);
  const held = catalogue();
  const items = [...held.items.keys()]
    .filter((item) => wanted === "all" || wanted.includes(item))
    .filter((item) => self && mayHoldItem(self, { item }, held));
  const closed = self === undefined ? [] : closedTo(self, { directory: directory(), at: now() });
  const all = jurisdictions === "all" ? directory().jurisdictions() : jurisdictions;
  const open = all.filter((each) => !closed.includes(each)).sort();
  return { ...others, jurisdictions: closed.length === 0 ? jurisdictions : open, items: items.sort() };
}

function takePages({ pages }: Delivery, since: Position, deps: SubscribeDependencies): number {
  let changes = 0;
  const missed = new Map<NodeId, MissedPage>();
  for (const { source, ...packed } of pages) {
    const page = unpackPage(packed);
    const opened =
      page === undefined ? err(fault("sync.page-invalid")) : openPage(page, source, deps.directory());
    const standing = opened.ok ? standingOf(opened.value, deps.inbox.past(source)) : undefined;
    if (standing === "held" || standing === "replaced") continue;
    if (opened.ok && (standing === "next" || standing === "anew")) {
      changes += takePage(opened.value, source, since, deps);
      continue;
    }
    const forked = standing === "forked" || missed.get(source)?.forked === true;
    if (!missed.has(source))
      deps.onBroken(source, opened.ok ? fault("sync.page-invalid", standing) : opened.error);
    missed.set(source, { source, forked });
  }
  if (missed.size > 0) deps.inbox.missed([...missed.values()], deps.now());
  return changes;
}

function takePage(page: OpenedPage, source: NodeId, since: Position, deps: SubscribeDependencies): number {
  const { complete } = page;
  const judged = judge(page, deps);
  deps.inbox.take({ source, place: placeOf(page), since, ...judged, complete });
  return judged.changes.length;
}

/** Whoever hands on does not decide what this member holds. */
function judge(
  { changes }: Pick<OpenedPage, "changes">,
  { node, directory, catalogue, subscription, now }: SubscribeDependencies,
): Pick<Taken, "changes" | "unwanted" | "refused"> {
  const self = directory().member(node);
  const today = chinaDay(now());
  // Its publication has ended: what is held of it goes. That it is gone is kept, for whoever delivers that on.
  const isOver = (record: CreditRecord) => !isGone(record) && !isDisclosable(record, today);
  const rules = { catalogue: catalogue(), directory: directory(), at: now() };
  const good: Change[] = [];
  const unwanted: string[] = [];
  const refused: RefusedChange[] = [];
  for (const change of changes) {
    if (change === null) continue;
    const { record, seq } = change;
    if (self === undefined || !mayHold(self, record, rules)) refused.push({ seq, code: "sync.item-unknown" });
    else if (isWanted(record, subscription) && !isOver(record)) good.push(change);
    else unwanted.push(record.id);
  }
  return { changes: good, unwanted, refused: refused.slice(0, mostRefused) };
}
