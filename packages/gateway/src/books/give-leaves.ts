import { isCopied } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntry } from "@xinqiao/protocol/log";
import type { GivenLeaf, LeavesRequest, Side } from "@xinqiao/protocol/reconciliation";
import type { Result } from "@xinqiao/protocol/result";
import type { AppendError, AuditLog, NonceClaim } from "../log/index.ts";
import type { LoggedEntries, LoggedEntry } from "./ports.ts";

/** A member's request for leaves of its own. */
export interface GiveLeavesRequest {
  readonly wanted: LeavesRequest;
  readonly member: NodeId;
  readonly requestId: string;
  readonly traceId: string;
  readonly claim: NonceClaim;
}

/**
 * The entries of a member's own exchanges as they stand in the log, and what opens the answers in them: of what it
 * asked every answer, of a question only its own. That they were given stands in the log before.
 */
export async function giveLeaves(
  { wanted: { exchanges }, member, requestId, traceId, claim }: GiveLeavesRequest,
  { log, entries }: { readonly log: AuditLog; readonly entries: LoggedEntries },
): Promise<Result<{ readonly leaves: GivenLeaf[][] }, AppendError>> {
  const leaves = exchanges.map(({ side, exchange }) =>
    leavesOf(entries.of(exchange), { side, member, entries }),
  );
  const appended = await log.append(
    {
      kind: "books.opened",
      exchange: requestId,
      actor: member,
      traceId,
      member,
      exchanges: exchanges.length,
    },
    claim,
  );
  return appended.ok ? { ok: true, value: { leaves } } : appended;
}

interface Whose {
  readonly side: Side;
  readonly member: NodeId;
  readonly entries: Pick<LoggedEntries, "erasureAfter">;
}

function leavesOf(logged: readonly LoggedEntry[], { side, member, entries }: Whose): GivenLeaf[] {
  const own = logged.filter(({ entry }) => {
    if (entry.kind === "lookup.intent")
      return side === "asked" ? entry.actor === member : entry.targets.includes(member);
    if (entry.kind === "lookup.refused") return side === "asked" && entry.actor === member;
    if (entry.kind === "exchange.interrupted") return true;
    if (entry.kind !== "lookup.outcome") return false;
    return side === "asked" ? entry.actor === member : entry.rows.some(({ node }) => node === member);
  });
  const given = own.map((one) => ({ index: one.index, leaf: one.leaf, ...answersOf(one, side, member) }));
  const erased = own.find((one) => lacksAnswers(one, side, member));
  const erasure = erased && entries.erasureAfter(erased.index);
  return erasure === undefined ? given : [...given, erasure];
}

const rowsOf = (entry: LogEntry, side: Side, member: NodeId) =>
  entry.kind === "lookup.outcome"
    ? entry.rows.filter(
        (row) =>
          row.answerCommitment !== undefined && (side === "asked" || (row.node === member && !isCopied(row))),
      )
    : [];

/** What opens an answer is gone; then the log has an entry that says so. */
function lacksAnswers({ entry, answer }: LoggedEntry, side: Side, member: NodeId): boolean {
  return rowsOf(entry, side, member).some(({ jurisdiction }) => answer(jurisdiction) === undefined);
}

function answersOf({ entry, opening }: LoggedEntry, side: Side, member: NodeId) {
  if (entry.kind !== "lookup.outcome") return {};
  const rows = rowsOf(entry, side, member);
  const opened = rows.flatMap(({ jurisdiction }) => {
    const kept = opening(jurisdiction);
    return kept === undefined ? [] : [[jurisdiction, kept] as const];
  });
  return { answers: Object.fromEntries(opened) };
}
