import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { NodeId } from "@xinqiao/protocol/identity";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  type Change,
  type Delivery,
  deliverySchema,
  isWanted,
  mayHold,
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
import { askGateway, type CallDependencies, type CallError } from "../lookup/index.ts";
import type { Applied, Inbox } from "./inbox.ts";

export interface SubscribeDependencies extends CallDependencies {
  readonly inbox: Inbox;
  readonly subscription: Subscription;
  readonly catalogue: () => Catalogue;
  /** A page that cannot be what its source has told: it is left out, and whatever follows it of that source. */
  readonly onBroken: (source: NodeId, reason: Fault) => void;
}

export interface Taken {
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
): Promise<Result<Taken, CallError>> {
  const { inbox, subscription, entropy } = deps;
  const after = inbox.position(scopeOf(deps));
  const untold = inbox.untold();
  if (untold.length > 0) await inbox.durable();
  const receipts = await Promise.all(untold.map((applied) => receiptOf(applied, deps)));
  const body = { subscription, after, receipts, waitMs };
  const question = { path: "/v1/changes/read", body, answer: deliverySchema };
  const delivery = await askGateway(question, nextHop(undefined, entropy.hex), deps, signal);
  if (!delivery.ok) return delivery;
  inbox.told(untold);
  const changes = takePages(delivery.value, deps);
  if (delivery.value.position > after) inbox.readTo(delivery.value.position);
  const { position, newest, pages } = delivery.value;
  return ok({ pages: pages.length, changes, more: position < newest });
}

function receiptOf(
  { source, place, refused }: Applied,
  { node, signer, now }: SubscribeDependencies,
): Promise<string> {
  const iat = Math.floor(now() / 1000);
  return signReceipt({ iss: node, source, ...place, iat, refused: [...refused] }, signer);
}

/** What this member may hold and wants: when it changes, what was passed over before may have to be read. */
function scopeOf({ node, directory, catalogue, subscription }: SubscribeDependencies): string {
  const self = directory().member(node);
  const held = catalogue();
  const items = [...held.items.keys()].filter((item) => self && mayHold(self, { item }, held));
  return JSON.stringify({ subscription, items: items.sort() });
}

function takePages({ pages }: Delivery, deps: SubscribeDependencies): number {
  let changes = 0;
  const broken = new Set<NodeId>();
  for (const { source, ...packed } of pages) {
    if (broken.has(source)) continue;
    const page = unpackPage(packed);
    const opened =
      page === undefined ? err(fault("sync.page-invalid")) : openPage(page, source, deps.directory());
    const taken = opened.ok ? takePage(opened.value, source, deps) : opened;
    if (taken.ok) changes += taken.value;
    else {
      broken.add(source);
      deps.onBroken(source, taken.error);
    }
  }
  return changes;
}

function takePage(page: OpenedPage, source: NodeId, deps: SubscribeDependencies): Result<number, Fault> {
  const { inbox } = deps;
  const standing = standingOf(page, inbox.place(source));
  if (standing === "held") return ok(0);
  if (standing !== "next" && standing !== "anew") return err(fault("sync.page-invalid", standing));
  const { changes, refused } = judge(page, deps);
  inbox.take({ source, place: placeOf(page), changes, refused, complete: page.complete });
  return ok(changes.length);
}

/** Whoever hands on does not decide what this member holds. */
function judge(
  { changes }: Pick<OpenedPage, "changes">,
  { node, directory, catalogue, subscription }: SubscribeDependencies,
): { readonly changes: readonly Change[]; readonly refused: readonly RefusedChange[] } {
  const self = directory().member(node);
  const good: Change[] = [];
  const refused: RefusedChange[] = [];
  for (const change of changes) {
    if (change === null) continue;
    const { record, seq } = change;
    if (self === undefined || !mayHold(self, record, catalogue()))
      refused.push({ seq, code: "sync.item-unknown" });
    else if (isWanted(record, subscription)) good.push(change);
  }
  return { changes: good, refused: refused.slice(0, 100) };
}
