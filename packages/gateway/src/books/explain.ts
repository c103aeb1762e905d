import { isCopied } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { BookEntry, Explanation, Finding, NamedFinding } from "@xinqiao/protocol/reconciliation";
import type { LoggedEntries } from "./ports.ts";

/** Findings as the member has named them, with what the log has of the same exchange. */
export function completeFindings(named: readonly NamedFinding[], logged: readonly BookEntry[]): Finding[] {
  const rest = [...logged];
  return named.map(({ side, exchange, how, member }) => {
    const at =
      how === "member-only"
        ? -1
        : rest.findIndex(
            (entry) => entry.side === side && entry.exchange === exchange && !isSame(entry, member),
          );
    const [gateway] = at < 0 ? [] : rest.splice(at, 1);
    const erased = gateway?.digest === null && gateway.status === member?.status;
    return {
      side,
      exchange,
      how,
      member,
      gateway: gateway === undefined ? null : { status: gateway.status, digest: gateway.digest },
      ...(erased && { explanation: "evidence-erased" as const }),
    };
  });
}

function isSame(entry: BookEntry, member: NamedFinding["member"]): boolean {
  return entry.status === member?.status && entry.digest === member.digest;
}

/** What was lost on the way leaves two honest books that differ: the log, or the member, says so. */
export function explain(
  found: Finding,
  { replyLost }: Pick<NamedFinding, "replyLost">,
  member: NodeId,
  log: LoggedEntries,
): Finding {
  const explanation = found.explanation ?? explanationOf(found, replyLost, member, log);
  return explanation === undefined ? found : { ...found, explanation };
}

function explanationOf(
  { side, exchange, how, member: told }: Finding,
  replyLost: true | undefined,
  member: NodeId,
  log: LoggedEntries,
): Explanation | undefined {
  if (side === "asked") return how === "gateway-only" && replyLost ? "reply-lost" : undefined;
  if (how !== "member-only") return undefined;
  return wasNotTaken(exchange, told?.digest, member, log) ? "answer-not-taken" : undefined;
}

/** The member was asked, and the log has no answer of it, or another: one that was asked again has answered twice. */
function wasNotTaken(
  exchange: string,
  digest: string | null | undefined,
  member: NodeId,
  log: LoggedEntries,
): boolean {
  const entries = log.of(exchange);
  const asked = entries.some(({ entry }) => entry.kind === "lookup.intent" && entry.targets.includes(member));
  const taken = entries.flatMap(({ entry, answer }) =>
    entry.kind === "lookup.outcome"
      ? entry.rows
          .filter((row) => row.node === member && row.answerCommitment !== undefined && !isCopied(row))
          .map(({ jurisdiction }) => answer(jurisdiction))
      : [],
  );
  return asked && !taken.includes(digest ?? undefined);
}
