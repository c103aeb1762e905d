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
  /** Who signed the authorisation. */
  readonly issuer: string | null;
  readonly targets: readonly string[];
  /** Whether something that is kept beside other entries is gone from here on. */
  readonly erases: boolean;
}

/** An entry is a line of its own, or closes the line of the intent that it names; it may raise or settle an alert. */
export type Indexed =
  | { readonly line: Line; readonly raises?: string; readonly acknowledges?: string }
  | { readonly closes: number; readonly outcome: UseOutcome };

export function indexed(entry: LogEntry): Indexed {
  if (entry.kind === "lookup.outcome") {
    return { closes: entry.intent, outcome: entry.complete ? "complete" : "partial" };
  }
  if (entry.kind === "exchange.interrupted") return { closes: entry.intent, outcome: "interrupted" };
  const line = lineOf(entry);
  if (entry.kind === "alert.raised") return { line, raises: entry.alert };
  return entry.kind === "alert.acknowledged" ? { line, acknowledges: entry.alert } : { line };
}

function lineOf(entry: LogEntry): Line {
  const { kind, actor, exchange, traceId: trace = null } = entry;
  const member = "requester" in entry ? (entry.requester ?? actor) : actor;
  const erases = kind === "subject.erased" || kind === "evidence.expired";
  const plain = { kind, actor, member, exchange, trace, targets: [], erases };
  const none = { purpose: null, outcome: null, code: null, issuer: null };
  switch (entry.kind) {
    case "lookup.intent":
      return {
        ...plain,
        ...none,
        purpose: entry.purpose,
        outcome: "open",
        issuer: entry.authorisation?.issuer ?? null,
        targets: entry.targets,
      };
    case "lookup.refused":
      return {
        ...plain,
        purpose: entry.purpose,
        ...refused(entry.code),
        issuer: entry.authorisation?.issuer ?? null,
      };
    case "request.refused":
      return { ...plain, ...none, ...refused(entry.code) };
    case "authorisation.withdrawn":
      return { ...plain, ...none, issuer: entry.issuer };
    default:
      return { ...plain, ...none };
  }
}

const refused = (code: Code | string) => ({ outcome: "refused" as const, code });
