import { type Catalogue, validateFields } from "@xinqiao/protocol/catalogue";
import type { Signer } from "@xinqiao/protocol/keys";
import type { LogEntryDraft } from "@xinqiao/protocol/log";
import { type Code, type Fault, fault } from "@xinqiao/protocol/problem";
import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  isWanted,
  mayHold,
  mostRefused,
  type OpenedPage,
  openPage,
  type PackedPage,
  type Page,
  type PublishReply,
  type RefusedChange,
  signReceipt,
  standingOf,
  unpackPage,
} from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Completing } from "./complete.ts";
import type { Hub, TakenChange } from "./ports.ts";
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
  /** Readers that wait are told. */
  readonly onTaken: () => void;
}

export interface PublishedPage {
  readonly page: PackedPage;
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
  const standing = standingOf(page, deps.hub.place(member.node));
  let refused: readonly RefusedChange[] = [];
  if (standing === "next" || standing === "anew") {
    const judged = judge(page, unpacked, member, deps);
    refused = judged.refused;
    const logged = await deps.log.append(entryOf(page, refused.length, published), published.claim);
    if (!logged.ok) return err({ failed: logged.error });
    await keep(page, unpacked, judged.taken, published, deps);
  }
  return ok(await reply(member, refused, deps));
}

async function keep(
  page: OpenedPage,
  { head }: Page,
  changes: readonly TakenChange[],
  { member: { node: source } }: PublishedPage,
  { hub, now, completing, onTaken, ...deps }: TakePageDependencies,
): Promise<void> {
  const holders = holdersBy({ hub, ...deps }, source);
  const opened = hub.take({ source, page, head, changes, at: now(), holders });
  await hub.durable();
  onTaken();
  for (const { openedAt: _at, ...correction } of opened) {
    await deps.log.append({ kind: "correction.opened", exchange: null, actor: null, ...correction });
  }
  if (opened.length > 0) await completing.complete();
}

/** Who has read past the version before, and may see this one: whoever may not has dropped its copy by itself. */
function holdersBy(
  { hub, directory, catalogue }: Pick<TakePageDependencies, "hub" | "directory" | "catalogue">,
  source: Member["node"],
) {
  const subscribers = hub.subscribers().filter(({ node }) => node !== source);
  return (record: CreditRecord, position: number) =>
    subscribers
      .filter((subscriber) => subscriber.position >= position && isWanted(record, subscriber.subscription))
      .map(({ node }) => node)
      .filter((node) => {
        const member = directory().member(node);
        return member !== undefined && mayHold(member, record, catalogue());
      });
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
  refused: readonly RefusedChange[],
  { self, hub, signer, now }: TakePageDependencies,
): Promise<PublishReply> {
  const place = hub.place(source);
  if (place === undefined) return {};
  const iat = Math.floor(now() / 1000);
  const named = refused.slice(0, mostRefused);
  return { receipt: await signReceipt({ iss: self, source, ...place, iat, refused: named }, signer) };
}

/** Each change is taken or refused by itself: one that is bad must not hold up those behind it. */
function judge(
  page: OpenedPage,
  { lines }: Page,
  member: Member,
  deps: Pick<TakePageDependencies, "hub" | "catalogue">,
): { readonly taken: readonly TakenChange[]; readonly refused: readonly RefusedChange[] } {
  const taken: TakenChange[] = [];
  const refused: RefusedChange[] = [];
  const versions = new Map<string, number>();
  for (const [at, change] of page.changes.entries()) {
    const line = lines[at];
    if (change === null || line === null || line === undefined) continue;
    const { record, seq } = change;
    const code = refusalOf(record, page, { ...deps, member, versions });
    if (code !== undefined) {
      refused.push({ seq, code });
      continue;
    }
    versions.set(record.id, record.version);
    taken.push({ change, line });
  }
  return { taken, refused };
}

function refusalOf(
  record: CreditRecord,
  { feed }: OpenedPage,
  {
    hub,
    catalogue,
    member,
    versions,
  }: Pick<TakePageDependencies, "hub" | "catalogue"> & {
    readonly member: Member;
    readonly versions: ReadonlyMap<string, number>;
  },
): Code | undefined {
  const item = catalogue().items.get(record.item);
  if (item === undefined) return "sync.item-unknown";
  if (record.jurisdiction !== member.jurisdiction) return "sync.jurisdiction-foreign";
  const gone = record.state === "repaired" || record.state === "withdrawn";
  if (!gone && !validateFields(item, record.fields).ok) return "sync.record-invalid";
  const held = hub.version(member.node, record.id);
  const before = versions.get(record.id) ?? (held?.feed === feed ? held.version : 0);
  return record.version > before ? undefined : "sync.version-not-newer";
}
