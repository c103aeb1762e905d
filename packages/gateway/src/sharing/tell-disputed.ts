import type { Catalogue } from "@xinqiao/protocol/catalogue";
import type { Member } from "@xinqiao/protocol/registry";
import { err, ok, type Result } from "@xinqiao/protocol/result";
import { type Disputed, isWanted, mayHold, type ReadRequest } from "@xinqiao/protocol/sync";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { Hub } from "./ports.ts";
import { sha256 } from "./sha256.ts";

/** Who has never been told of any knows of none. */
const ofNone = sha256("[]");

export interface DisputedDependencies {
  readonly hub: Pick<Hub, "disputed">;
  readonly catalogue: () => Catalogue;
  /** The city's calendar day. */
  readonly today: () => string;
}

/** Records in dispute that a reader may hold and wants; nothing when those are what it knows of (PR-CASES §6). */
export function disputedFor(
  { disputed: known, subscription }: Pick<ReadRequest, "disputed" | "subscription">,
  reader: Member,
  { hub, catalogue, today }: DisputedDependencies,
): Disputed | undefined {
  if (known === undefined) return undefined;
  const held = catalogue();
  const day = today();
  const records = hub
    .disputed()
    .filter(({ until }) => until === null || day <= until)
    .filter(
      (each) => each.source !== reader.node && mayHold(reader, each, held) && isWanted(each, subscription),
    )
    .map(({ source, record, kind, since }) => ({ source, record, kind, since }));
  const tag = sha256(JSON.stringify(records));
  return tag === (known ?? ofNone) ? undefined : { tag, records };
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
