import type { UseOutcome } from "@xinqiao/protocol/audit";
import type { LogEntry, LogEntryKind } from "@xinqiao/protocol/log";
import type { Code } from "@xinqiao/protocol/problem";

/** What the index says of an entry, beside its place. */
export interface Line {
  readonly kind: LogEntryKind;
  readonly actor: string | null;
  readonly member: string | null;
  readonly exchange: string | null;
  readonly trace: string | null;
  readonly purpose: string | null;
  readonly outcome: UseOutcome | null;
  readonly code: string | null;
  readonly issuer: string | null;
  readonly authorisation: string | null;
  readonly targets: readonly string[];
}

/** An entry is a line of its own, or closes the line of the intent that it names. */
export type Indexed = { readonly line: Line } | { readonly closes: number; readonly outcome: UseOutcome };

export function indexed(entry: LogEntry): Indexed {
  if (entry.kind === "lookup.outcome") {
    return { closes: entry.intent, outcome: entry.complete ? "complete" : "partial" };
  }
  return entry.kind === "exchange.interrupted"
    ? { closes: entry.intent, outcome: "interrupted" }
    : { line: lineOf(entry) };
}

function lineOf(entry: LogEntry): Line {
  const { kind, actor, exchange, traceId: trace = null } = entry;
  const member = "requester" in entry ? (entry.requester ?? actor) : actor;
  const plain = { kind, actor, member, exchange, trace, targets: [] };
  const none = { purpose: null, outcome: null, code: null, issuer: null, authorisation: null };
  switch (entry.kind) {
    case "lookup.intent":
      return {
        ...plain,
        ...none,
        purpose: entry.purpose,
        outcome: "open",
        ...authorised(entry.authorisation),
        targets: entry.targets,
      };
    case "lookup.refused":
      return {
        ...plain,
        purpose: entry.purpose,
        ...refused(entry.code),
        ...authorised(entry.authorisation),
      };
    case "request.refused":
      return { ...plain, ...none, ...refused(entry.code) };
    case "authorisation.withdrawn":
      return { ...plain, ...none, issuer: entry.issuer, authorisation: entry.authorisation };
    default:
      return { ...plain, ...none };
  }
}

const refused = (code: Code | string) => ({ outcome: "refused" as const, code });

function authorised(reference: { readonly id: string; readonly issuer: string } | undefined) {
  return { issuer: reference?.issuer ?? null, authorisation: reference?.id ?? null };
}
