import type { FoundLine } from "@xinqiao/protocol/audit";
import { decodeEntry, type LogEntry, type LogEntryKind } from "@xinqiao/protocol/log";

/** A line as people read it. */
export interface LineSummary {
  readonly index: number;
  readonly at: string;
  readonly kind: LogEntryKind;
  readonly member: string | null;
  readonly purpose: string | null;
  /** `complete`, `partial`, `interrupted`, `open`, or why it was refused; null where nothing was asked. */
  readonly outcome: string | null;
  readonly authoriser: string | null;
  readonly exchange: string | null;
}

/** How tables and files show it: in this order, under these titles. */
export const summaryColumns = [
  ["index", "序号 index"],
  ["at", "时间 at"],
  ["kind", "类型 kind"],
  ["member", "查询方 member"],
  ["purpose", "用途 purpose"],
  ["outcome", "结果 outcome"],
  ["authoriser", "授权书签发方 authoriser"],
  ["exchange", "交换 exchange"],
] as const satisfies readonly (readonly [keyof LineSummary, string])[];

export function summaryCells(summary: Partial<LineSummary>): readonly (string | number | null | undefined)[] {
  return summaryColumns.map(([column]) => summary[column]);
}

/** Nothing for leaves that cannot be read. */
export function summaryOf({ entries: [first, closing] }: FoundLine): LineSummary | undefined {
  const entry = first && decodeEntry(Buffer.from(first.leaf));
  if (!entry?.ok) return undefined;
  const { at, kind, actor, exchange } = entry.value;
  return {
    index: first?.index ?? 0,
    at,
    kind,
    member: ("requester" in entry.value ? entry.value.requester : undefined) ?? actor,
    purpose: "purpose" in entry.value ? entry.value.purpose : null,
    outcome: outcomeOf(entry.value, closing?.leaf),
    authoriser: authoriserOf(entry.value),
    exchange,
  };
}

function outcomeOf(entry: LogEntry, closing: string | undefined): string | null {
  if ("code" in entry) return entry.code;
  if (entry.kind !== "lookup.intent") return null;
  const closed = closing === undefined ? undefined : decodeEntry(Buffer.from(closing));
  if (!closed?.ok) return "open";
  if (closed.value.kind !== "lookup.outcome") return "interrupted";
  return closed.value.complete ? "complete" : "partial";
}

function authoriserOf(entry: LogEntry): string | null {
  if (entry.kind === "authorisation.withdrawn") return entry.issuer;
  return "authorisation" in entry ? (entry.authorisation?.issuer ?? null) : null;
}
