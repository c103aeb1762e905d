import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalogue, ItemCode } from "@xinqiao/protocol/catalogue";
import { fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  changeLine,
  changeSchema,
  feedIdSchema,
  headHash,
  isHandedOut,
  type KeptBack,
  lineHash,
  mostLineLength,
  openReceipt,
  packPage,
  pageBytes,
  pageLength,
  publishedSchema,
  type Receipt,
  saltBytes,
  signPageHead,
} from "@xinqiao/protocol/sync";
import { nextHop } from "@xinqiao/protocol/trace";
import { askGateway, type CallDependencies, type CallError, invalidReply } from "../lookup/index.ts";
import type { Outbox, RefusedVersion, SealedPage, Tellable, Waiting } from "./outbox.ts";

/** No page has room for it, or what is held of it cannot be read. */
export type WhySetAside = "too-long" | "unreadable";

export interface PublishDependencies extends CallDependencies {
  readonly outbox: Outbox;
  readonly catalogue: () => Pick<Catalogue, "items">;
  /** What was kept back lately: it is told beside pages. */
  readonly keptBack: () => readonly KeptBack[];
  /** A record was set aside. @param item of which it is */
  readonly onSetAside: (item: string, why: WhySetAside) => void;
}

export interface Published {
  readonly pages: number;
  readonly changes: number;
  /** Changes that the gateway did not take. */
  readonly refused: number;
}

/** How often the gateway is asked whether it still has what it has acknowledged: it may have been put back. */
const confirmEveryMs = 3_600_000;

/**
 * Hands over to the gateway all that waits, page by page, each until its receipt is here. Where the gateway's past is
 * another than ours (one of the two was put back to an older state), everything is told anew, in another feed (PR-SYNC §3).
 */
export async function publish(
  deps: PublishDependencies,
  signal: AbortSignal,
): Promise<Result<Published, CallError>> {
  const { outbox, now } = deps;
  let [pages, changes, notTaken, anew] = [0, 0, 0, false];
  while (!signal.aborted) {
    followCatalogue(deps);
    const told = outbox.unsent() ?? (await sealNext(deps, signal));
    const page = told ?? outbox.unconfirmed(now() - confirmEveryMs);
    if (page === undefined) break;
    const sent = await send(page, deps, signal);
    const isInvalid =
      !sent.ok && sent.error.by === "gateway" && sent.error.problem.code === "sync.page-invalid";
    if (!sent.ok && !isInvalid) return sent;
    if (sent.ok && isOf(sent.value.receipt, page, deps)) {
      const refused = refusedOf(page, sent.value.receipt);
      const isBehind = requeueUnlisted(refused, deps);
      outbox.acknowledged(page.last, sent.value.text, now(), refused.map(versionOf));
      outbox.requeue(sent.value.again);
      // Its catalogue is behind ours: not the next moment again.
      if (isBehind) return err({ by: "agent", fault: fault("sync.item-unknown") });
      if (told === undefined) continue;
      pages += 1;
      changes += page.lines.length;
      notTaken += refused.length;
      continue;
    }
    // Once: a gateway that never keeps what it took must not have everything told for ever.
    if (anew) return sent.ok ? invalidReply("its receipt is for other pages") : sent;
    outbox.beginAnew(feedIdSchema.parse(deps.entropy.uuid()));
    anew = true;
  }
  return ok({ pages, changes, refused: notTaken });
}

/** Items of which the city is told: of the others nobody may hold a copy. */
export function tellableItems({ items }: Pick<Catalogue, "items">): readonly ItemCode[] {
  return [...items.values()].filter(isHandedOut).map(({ code }) => code);
}

/** Of what the catalogue lets nobody hold copies of nothing is told, and what was told before is taken back. */
function followCatalogue({ outbox, catalogue, entropy }: PublishDependencies): void {
  const { items } = catalogue();
  const withheld = [...items.values()].filter((item) => !isHandedOut(item)).map(({ code }) => code);
  outbox.follow({ told: tellableItems({ items }), withheld }, () => feedIdSchema.parse(entropy.uuid()));
}

/**
 * Signs a page of what waits. Nothing when nothing does, but in a feed that has no page yet: what was told before is taken
 * back. A store without any record says nothing: it is more likely one that was lost than one that has none.
 */
async function sealNext(deps: PublishDependencies, signal: AbortSignal): Promise<SealedPage | undefined> {
  const { outbox, signer, now } = deps;
  outbox.feed();
  for (;;) {
    // In the very turn that takes what waits: the catalogue may have changed in those between.
    followCatalogue(deps);
    if (!outbox.queueSome()) break;
    await nextTurn();
    if (signal.aborted) return undefined;
  }
  const { id: feed, last, head: prev } = outbox.feed();
  const waiting = outbox.waiting(pageLength);
  const { lines, taken } = linesOf(waiting, last, deps);
  const newest = taken.at(-1);
  const isToldNothing = prev === null && waiting.length === 0 && outbox.holdsAny();
  if (newest === undefined && !isToldNothing) return undefined;
  const iat = Math.floor(now() / 1000);
  const complete = newest === undefined || outbox.isComplete(newest.n);
  const place = { iss: deps.node, feed, iat, from: last + 1, prev };
  const head = await signPageHead({ ...place, hashes: lines.map(lineHash), complete }, signer);
  const page = { from: last + 1, last: last + lines.length, head, hash: headHash(head), lines };
  outbox.seal(page, taken);
  return page;
}

/** As many as one page has room for, in their order. */
function linesOf(
  waiting: readonly Waiting[],
  last: number,
  { entropy, onSetAside, outbox }: Pick<PublishDependencies, "entropy" | "onSetAside" | "outbox">,
): { readonly lines: readonly string[]; readonly taken: readonly Tellable[] } {
  const lines: string[] = [];
  const taken: Tellable[] = [];
  const setAside = (each: Waiting, why: WhySetAside) => {
    outbox.setAside(each);
    onSetAside(each.item, why);
  };
  let room = pageBytes;
  for (const each of waiting) {
    const { record } = each;
    if (record === undefined) {
      setAside(each, "unreadable");
      continue;
    }
    const line = changeLine(last + lines.length + 1, entropy.bytes(saltBytes), record);
    if (line.length > mostLineLength) {
      setAside(each, "too-long");
      continue;
    }
    room -= Buffer.byteLength(line);
    if (room < 0 && lines.length > 0) break;
    lines.push(line);
    taken.push({ ...each, record });
  }
  return { lines, taken };
}

interface Acknowledged {
  readonly text: string;
  readonly receipt: Receipt | undefined;
  /** Records that the gateway wants to be told again. */
  readonly again: readonly string[];
}

async function send(
  page: SealedPage,
  deps: PublishDependencies,
  signal: AbortSignal,
): Promise<Result<Acknowledged, CallError>> {
  const question = {
    path: "/v1/changes",
    body: { ...packPage(page), keptBack: deps.keptBack() },
    answer: publishedSchema,
  };
  const read = await askGateway(question, nextHop(undefined, deps.entropy.hex), deps, signal);
  if (!read.ok) return read;
  const { receipt: text = "", again = [] } = read.value;
  return ok({ text, again, receipt: openReceipt(text, deps.gateway.node, deps.directory()) });
}

interface RefusedLine {
  readonly record: CreditRecord;
  readonly code: string;
}

function refusedOf({ from, lines }: SealedPage, receipt: Receipt | undefined): readonly RefusedLine[] {
  const refused = receipt?.refused ?? [];
  return refused.flatMap(({ seq, code }) => {
    const line = lines[seq - from];
    return line === undefined ? [] : [{ record: changeSchema.parse(JSON.parse(line)).record, code }];
  });
}

const versionOf = ({ record: { id: record, version }, code }: RefusedLine): RefusedVersion => ({
  record,
  version,
  code,
});

/**
 * What the gateway's catalogue did not list is told again: it may list it by then.
 * @returns whether ours lists any of it
 */
function requeueUnlisted(
  refused: readonly RefusedLine[],
  { outbox, catalogue }: Pick<PublishDependencies, "outbox" | "catalogue">,
): boolean {
  const records = refused.flatMap(({ record, code }) => (code === "sync.item-unknown" ? [record] : []));
  outbox.requeue(records.map(({ id }) => id));
  return records.some(({ item }) => catalogue().items.has(item));
}

/** Whether the gateway holds the very pages that we do, up to this one. */
function isOf(
  receipt: Receipt | undefined,
  page: SealedPage,
  { node, outbox }: PublishDependencies,
): boolean {
  return (
    receipt?.source === node &&
    receipt.feed === outbox.feed().id &&
    receipt.upTo === page.last &&
    receipt.head === page.hash
  );
}
