import { setImmediate as nextTurn } from "node:timers/promises";
import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Signer } from "@xinqiao/protocol/keys";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { type Fault, fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  mostRefused,
  type OpenedPage,
  openPage,
  type Page,
  type PublishedPage as PageMessage,
  type PublishReply,
  signReceipt,
  standingOf,
  unpackPage,
} from "@xinqiao/protocol/sync";
import { monthBefore } from "@xinqiao/runtime/calendar";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import { addScores, type Judging, noScore, type Score, scoreOf } from "../scorecard/index.ts";
import type { Completing } from "./complete.ts";
import { holdersBy } from "./holders.ts";
import { type Judged, judge } from "./judge.ts";
import type { Hub, PageToSweep, PageToTake } from "./ports.ts";
import type { TrustedCopy } from "./trusted-copy.ts";
import type { Turns } from "./turns.ts";

export interface TakePageDependencies {
  readonly self: Member["node"];
  readonly hub: Hub;
  readonly directory: () => Directory;
  readonly catalogue: () => Catalogue;
  readonly signer: Signer;
  readonly log: Pick<AuditLog, "append">;
  readonly completing: Completing;
  readonly now: () => number;
  /** A source's pages are taken one after the other. */
  readonly turns: Turns;
  /** The city's day so many working days from now. */
  readonly dueOn: (workingDays: number) => string;
  /** The city's calendar day. */
  readonly today: () => string;
  /** By what it is judged whether a record was told in time. */
  readonly timeliness: Pick<Judging, "rules" | "workingDayAfter">;
  /** Readers that wait are told. */
  readonly onTaken: () => void;
  /** The source knows how far it was taken: whether this page or not. */
  readonly onHeard: TrustedCopy["heard"];
}

type ScoreDependencies = Pick<TakePageDependencies, "hub" | "catalogue" | "today" | "timeliness">;

export interface PublishedPage {
  readonly page: PageMessage;
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

export type PublishError = { readonly refused: Fault } | { readonly failed: AppendError };

/**
 * Takes a source's next page: into the log, then into the hub, then acknowledged. One that was taken before is
 * acknowledged again; to one of another place or another past the receipt says how far the gateway has come (PR-SYNC §3).
 */
export async function takePage(
  published: PublishedPage,
  deps: TakePageDependencies,
): Promise<Result<PublishReply, PublishError>> {
  const { member } = published;
  if (member.status !== "active") return err({ refused: fault("policy.member-not-active") });
  if (member.jurisdiction === undefined) return err({ refused: fault("sync.not-a-source") });
  const unpacked = unpackPage(published.page);
  const page = unpacked && openPage(unpacked, member.node, deps.directory());
  if (unpacked === undefined || page === undefined) return err({ refused: fault("sync.page-invalid") });
  if (!page.ok) return err({ refused: page.error });
  return deps.turns(member.node, () => takeInTurn(page.value, unpacked, published, deps));
}

async function takeInTurn(
  page: OpenedPage,
  unpacked: Page,
  published: PublishedPage,
  deps: TakePageDependencies,
): Promise<Result<PublishReply, PublishError>> {
  const { member } = published;
  const standing = standingOf(page, deps.hub.past(member.node));
  if (standing === "next" || standing === "anew") {
    const judged = deps.hub.readTogether(() => judge(page, unpacked, member, deps));
    const logged = await deps.log.append(entryOf(page, judged.refused.length, published), published.claim);
    if (!logged.ok) return err({ failed: logged.error });
    await keep(page, unpacked, judged, published, deps);
  }
  noteKeptBack(published, deps);
  deps.onHeard(published.member.node, page);
  return ok(await reply(member, deps));
}

/** Of months that are over nothing is changed any more. */
function noteKeptBack(
  { page: { keptBack = [] }, member }: PublishedPage,
  { hub, today }: TakePageDependencies,
): void {
  const month = today().slice(0, 7);
  for (const each of keptBack) {
    if (each.month === month || each.month === monthBefore(month)) hub.noteKeptBack(member.node, each);
  }
}

async function keep(
  page: OpenedPage,
  { head }: Page,
  { taken: changes, refused, first }: Judged,
  { member: { node: source } }: PublishedPage,
  { hub, now, completing, onTaken, ...deps }: TakePageDependencies,
): Promise<void> {
  const named = refused.slice(0, mostRefused).map(({ seq, code }) => ({ seq, code }));
  const letters = refused.filter(({ isHeld }) => !isHeld);
  const dueOn = ({ item }: Pick<CreditRecord, "item">) =>
    deps.dueOn(deps.catalogue().items.get(item)?.correctionDays ?? 1);
  const today = deps.today();
  const counted = hub.readTogether(() =>
    scorePage({ changes, first, letters }, { source, feed: page.feed }, { hub, ...deps }),
  );
  const score = { ...counted, month: today.slice(0, 7) };
  const told = { source, page, changes, at: now(), today, dueOn };
  await sweep(told, { hub, now, ...deps });
  const holders = holdersBy({ hub, now, ...deps }, source);
  hub.take({ ...told, head, refused: named, first, letters, score, holders });
  await hub.durable();
  onTaken();
  if (hub.unannounced().length > 0) await completing.complete();
}

/** What goes with a page. Readers go in between, so that who was given what is to go is looked up in each turn. */
async function sweep(
  page: Omit<PageToSweep, "holders">,
  deps: Pick<TakePageDependencies, "hub" | "directory" | "catalogue" | "now">,
): Promise<void> {
  const { hub } = deps;
  const turn = (after: string) => hub.sweep({ ...page, holders: holdersBy(deps, page.source) }, after);
  for (let next = turn(""); next !== undefined; next = turn(next)) await nextTurn();
}

/** What is told anew was counted when it was told, and a refusal is one however often the same version is told. */
function scorePage(
  { changes, first, letters }: Pick<PageToTake, "changes" | "first" | "letters">,
  { source, feed }: { readonly source: Member["node"]; readonly feed: OpenedPage["feed"] },
  { hub, catalogue, today, timeliness }: ScoreDependencies,
): Score {
  if (hub.isRetelling(source, feed)) return noScore;
  const refused = letters.filter((letter) => !hub.isLetter(source, letter)).length;
  const { items } = catalogue();
  const day = today();
  const isFirst = (id: string) => first.has(id) && !hub.hasHad(source, id);
  const scores = changes.map(({ change: { record } }) =>
    scoreOf(record, items.get(record.item), { ...timeliness, today: day, isFirst: isFirst(record.id) }),
  );
  return scores.reduce(addScores, { ...noScore, refused });
}

function entryOf(
  { feed, from, last, hash }: OpenedPage,
  refused: number,
  { member, requestId, traceId }: PublishedPage,
): LogEntryDraft {
  const about = { exchange: requestId, actor: member.node, traceId };
  return { kind: "changes.taken", ...about, feed, from, upTo: last, head: hash, refused };
}

async function reply(
  { node: source }: Member,
  { self, hub, signer, now }: TakePageDependencies,
): Promise<PublishReply> {
  const { place } = hub.past(source);
  if (place === undefined) return {};
  // One that was taken before may not have reached the disk then.
  await hub.durable();
  const iat = Math.floor(now() / 1000);
  const refused = [...hub.refused(source)];
  const again = [...hub.again(source)];
  const receipt = await signReceipt({ iss: self, source, ...place, iat, refused }, signer);
  return { receipt, ...(again.length > 0 && { again }) };
}
