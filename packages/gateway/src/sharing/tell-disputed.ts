import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Directory, Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import {
  closedTo,
  type Disputed,
  isWanted,
  mayHold,
  mostDisputed,
  type ReadRequest,
} from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Hub } from "./ports.ts";
import { sha256 } from "./sha256.ts";

/** Who has never been told of any knows of none. */
const ofNone = sha256("[]");

export interface DisputedDependencies {
  readonly hub: Pick<Hub, "disputed">;
  readonly catalogue: () => Catalogue;
  readonly directory: () => Pick<Directory, "agreed" | "jurisdictions">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The city's calendar day. */
  readonly today: () => string;
}

export type DisputedFor = (
  read: Pick<ReadRequest, "disputed" | "subscription">,
  reader: Member,
) => Disputed | undefined;

/**
 * Records in dispute that a reader may hold and wants; nothing when those are what it knows of (PR-CASES §6). Everybody asks
 * many times a minute, and the list may be long: who has been told a list is answered by its tag until something has come.
 */
export function createDisputedFor({
  hub,
  catalogue,
  directory,
  now,
  today,
}: DisputedDependencies): DisputedFor {
  let known: readonly [list: unknown, catalogue: unknown, day: string] | undefined;
  const tags = new Map<string, { readonly who: string; readonly tag: string }>();
  return ({ disputed, subscription }, reader) => {
    if (disputed === undefined) return undefined;
    const [list, held, day] = [hub.disputed(), catalogue(), today()];
    if (known?.[0] !== list || known[1] !== held || known[2] !== day) tags.clear();
    known = [list, held, day];
    const rules = { catalogue: held, directory: directory(), at: now() };
    const who = JSON.stringify([reader, subscription, closedTo(reader, rules)]);
    const told = disputed ?? ofNone;
    const before = tags.get(reader.node);
    if (before?.who === who && before.tag === told) return undefined;
    const records = list
      .filter(({ source, until }) => source !== reader.node && (until === null || day <= until))
      .filter((each) => mayHold(reader, each, rules) && isWanted(each, subscription))
      .slice(0, mostDisputed)
      .map(({ source, record, kind, since }) => ({ source, record, kind, since }));
    const tag = sha256(JSON.stringify(records));
    tags.set(reader.node, { who, tag });
    return tag === told ? undefined : { tag, records };
  };
}

export interface TellingDisputed {
  readonly member: Member;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim | undefined;
}

/** In the log before it is told. @returns the claim when it is still to be spent */
export async function sayDisputed(
  disputed: Disputed | undefined,
  { member, requestId: exchange, traceId, claim }: TellingDisputed,
  log: Pick<AuditLog, "append">,
): Promise<Result<{ readonly claim?: NonceClaim }, { readonly failed: AppendError }>> {
  if (disputed === undefined) return ok(claim === undefined ? {} : { claim });
  const entry = { kind: "disputes.told", exchange, actor: member.node, traceId } as const;
  const logged = await log.append({ ...entry, records: disputed.records.length }, claim);
  return logged.ok ? ok({}) : err({ failed: logged.error });
}
