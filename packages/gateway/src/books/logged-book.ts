import { isCopied } from "@xinqiao/protocol/exchange";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { LogEntry } from "@xinqiao/protocol/log";
import {
  type BookEntry,
  boundsOf,
  type Interval,
  refusalDigest,
  settleSeconds,
  toldDigest,
  type What,
} from "@xinqiao/protocol/reconciliation";
import type { LoggedEntries, LoggedEntry } from "./ports.ts";

/** A line of a book with the instant by which it is in its hour: milliseconds since 1970. */
export interface TimedEntry extends BookEntry {
  readonly at: number;
}

/** The books of one hour, by member, as the log has them. */
export type LoggedBooks = ReadonlyMap<NodeId, readonly TimedEntry[]>;

/** What an outcome takes from its intent. */
interface Asked {
  readonly actor: NodeId | null;
  readonly at: number;
}

/** By its own clock a member may have signed a little before, or after, the gateway wrote it down. */
const marginMs = 60_000;

/**
 * Reads the books of one hour from the leaves. An exchange is in the hour in which the member itself signed the
 * request, or the answer: an instant that both sides know exactly, whatever their clocks say.
 */
export async function readBooks(log: LoggedEntries, interval: Interval): Promise<LoggedBooks> {
  const { from, to } = boundsOf(interval);
  const books = new Map<NodeId, TimedEntry[]>();
  const asked = new Map<number, Asked>();
  const take = (member: NodeId | null, entry: TimedEntry) => {
    if (member === null || entry.at < from || entry.at >= to) return;
    const book = books.get(member);
    if (book === undefined) books.set(member, [entry]);
    else book.push(entry);
  };
  for await (const slice of log.between(from - marginMs, to + settleSeconds * 1000 + marginMs)) {
    for (const logged of slice) takeEntry(logged, asked, take);
  }
  return books;
}

function takeEntry(
  logged: LoggedEntry,
  asked: Map<number, Asked>,
  take: (member: NodeId | null, entry: TimedEntry) => void,
): void {
  const { index, entry } = logged;
  if (entry.kind === "lookup.intent") asked.set(index, { actor: askerOf(entry), at: instant(entry.askedAt) });
  if (entry.kind === "lookup.refused") {
    const what = { status: "refused", digest: refusalDigest(entry.code) } as const;
    if (entry.exchange !== null)
      take(askerOf(entry), {
        side: "asked",
        exchange: entry.exchange,
        at: instant(entry.askedAt),
        ...what,
      });
  }
  if (entry.kind !== "lookup.outcome" || entry.exchange === null) return;
  const { exchange } = entry;
  const intent = asked.get(entry.intent);
  if (intent !== undefined)
    take(intent.actor, { side: "asked", exchange, at: intent.at, ...toldOf(entry, logged) });
  for (const row of entry.rows) {
    if (row.answerCommitment === undefined || row.via !== undefined || isCopied(row)) continue;
    const status = row.status === "refused" ? "refused" : "answered";
    const digest = logged.answer(row.jurisdiction) ?? null;
    take(row.node, { side: "answered", exchange, at: instant(row.answeredAt), status, digest });
  }
}

/** Of what another city's gateway has passed on, that city answers for the asking. */
function askerOf(entry: Extract<LogEntry, { kind: "lookup.intent" | "lookup.refused" }>): NodeId | null {
  return entry.requester === undefined ? entry.actor : null;
}

/** Entries older than this field are in no hour. */
const instant = (text: string | undefined) => (text === undefined ? Number.NaN : Date.parse(text));

function toldOf(entry: Extract<LogEntry, { kind: "lookup.outcome" }>, { answer }: LoggedEntry): What {
  let whole = true;
  const rows = entry.rows.map(({ jurisdiction, node, status, code, answerCommitment }) => {
    const digest = answerCommitment === undefined ? undefined : answer(jurisdiction);
    if (answerCommitment !== undefined && digest === undefined) whole = false;
    return { jurisdiction, node, status, code, answer: digest };
  });
  return {
    status: entry.complete ? "complete" : "partial",
    digest: whole ? toldDigest(entry.complete, rows) : null,
  };
}
