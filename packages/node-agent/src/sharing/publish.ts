import type { NodeId } from "@xinqiao/protocol/identity";
import type { Signer } from "@xinqiao/protocol/keys";
import { ok, type Result } from "@xinqiao/protocol/result";
import {
  changeLine,
  feedIdSchema,
  headHash,
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
import type { Outbox, SealedPage, Waiting } from "./outbox.ts";

export interface PublishDependencies extends CallDependencies {
  readonly outbox: Outbox;
  /** A record that no page has room for was set aside. @param item of which it is */
  readonly onTooLong: (item: string) => void;
}

export interface Published {
  readonly pages: number;
  readonly changes: number;
}

/**
 * Hands over to the gateway all that waits, page by page, each until its receipt is here. Where the gateway's past is
 * another than ours (one of the two was put back to an older state), everything is told anew, in another feed (PR-SYNC §3).
 */
export async function publish(
  deps: PublishDependencies,
  signal: AbortSignal,
): Promise<Result<Published, CallError>> {
  let [pages, changes, anew] = [0, 0, false];
  while (!signal.aborted) {
    const page = deps.outbox.unsent() ?? (await sealNext(deps));
    if (page === undefined) break;
    const sent = await send(page, deps, signal);
    if (!sent.ok) return sent;
    if (isOf(sent.value.receipt, page, deps)) {
      deps.outbox.acknowledged(page.last, sent.value.text);
      pages += 1;
      changes += page.lines.length;
      continue;
    }
    // Once: a gateway that never keeps what it took must not have everything told for ever.
    if (anew) return invalidReply("its receipt is for other pages");
    deps.outbox.beginAnew(feedIdSchema.parse(deps.entropy.uuid()));
    anew = true;
  }
  return ok({ pages, changes });
}

/** Signs a page of what waits. Nothing when nothing does. */
async function sealNext(deps: PublishDependencies): Promise<SealedPage | undefined> {
  const { outbox, signer } = deps;
  const { id: feed, last, head: prev } = outbox.feed();
  const { lines, taken } = linesOf(outbox.waiting(pageLength), last, deps);
  const newest = taken.at(-1);
  if (newest === undefined) return undefined;
  const head = await signHead({ iss: deps.node, feed, from: last + 1, prev, lines }, newest.n, deps, signer);
  const page = { from: last + 1, last: last + lines.length, head, hash: headHash(head), lines };
  outbox.seal(page, taken);
  return page;
}

function signHead(
  {
    lines,
    ...place
  }: {
    iss: NodeId;
    feed: ReturnType<Outbox["feed"]>["id"];
    from: number;
    prev: string | null;
    lines: readonly string[];
  },
  newest: number,
  { outbox, now }: PublishDependencies,
  signer: Signer,
): Promise<string> {
  const iat = Math.floor(now() / 1000);
  const complete = outbox.isComplete(newest);
  return signPageHead({ ...place, iat, hashes: lines.map(lineHash), complete }, signer);
}

/** As many as one page has room for, in their order. */
function linesOf(
  waiting: readonly Waiting[],
  last: number,
  { entropy, onTooLong, outbox }: Pick<PublishDependencies, "entropy" | "onTooLong" | "outbox">,
): { readonly lines: readonly string[]; readonly taken: readonly Waiting[] } {
  const lines: string[] = [];
  const taken: Waiting[] = [];
  let room = pageBytes;
  for (const each of waiting) {
    const line = changeLine(last + lines.length + 1, entropy.bytes(saltBytes), each.record);
    if (line.length > mostLineLength) {
      outbox.setAside(each);
      onTooLong(each.record.item);
      continue;
    }
    room -= Buffer.byteLength(line);
    if (room < 0 && lines.length > 0) break;
    lines.push(line);
    taken.push(each);
  }
  return { lines, taken };
}

interface Acknowledged {
  readonly text: string;
  readonly receipt: Receipt | undefined;
}

async function send(
  page: SealedPage,
  deps: PublishDependencies,
  signal: AbortSignal,
): Promise<Result<Acknowledged, CallError>> {
  const question = { path: "/v1/changes", body: packPage(page), answer: publishedSchema };
  const read = await askGateway(question, nextHop(undefined, deps.entropy.hex), deps, signal);
  if (!read.ok) return read;
  const { receipt: text = "" } = read.value;
  return ok({ text, receipt: openReceipt(text, deps.gateway.node, deps.directory()) });
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
