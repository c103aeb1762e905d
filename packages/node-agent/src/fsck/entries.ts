import { isUtf8 } from "node:buffer";
import { decodeEntry, entryMeanings, type LogEntry } from "@xinqiao/protocol/log";
import type { Find } from "./finding.ts";

export interface EntryRules {
  /** How far a time may go back: clocks are put right. */
  readonly toleranceMs: number;
  /** How much of an entry is read: nothing, what its order among others is told by, or every field of its kind. */
  readonly reading: "nothing" | "order" | "fields";
}

/** What entries of one span leave to be held against those of others. */
export interface SpanEntries {
  /** Intents that none of its own entries closes. */
  readonly opened: readonly number[];
  /** Entries that are missing or cannot be read: each may have been an intent. */
  readonly lost: readonly number[];
  /** Entries that close an intent before the span. */
  readonly closing: readonly { readonly entry: number; readonly intent: number }[];
  /** The oldest time in it, and whose. */
  readonly oldest?: { readonly entry: number; readonly at: number };
  readonly newestAt: number;
}

const mostLost = 100_000;
const kinds: ReadonlySet<string> = new Set(Object.keys(entryMeanings));
const closing: ReadonlySet<LogEntry["kind"] | string> = new Set(["lookup.outcome", "exchange.interrupted"]);

/** As much of an entry as the order of entries is told by; the rest is of each kind's own. */
interface Ordered {
  readonly kind: string;
  readonly at: string;
  readonly intent?: number;
}

export interface EntryCheck {
  take(index: number, prefixed: Buffer | undefined): void;
  finish(): SpanEntries;
}

/** Reads the entries of a span, one by one, in order. */
export function createEntryCheck({ toleranceMs, reading }: EntryRules, find: Find): EntryCheck {
  const opened = new Set<number>();
  const lost = new Set<number>();
  const closes: { entry: number; intent: number }[] = [];
  let oldest: { entry: number; at: number } | undefined;
  let newestAt = Number.NEGATIVE_INFINITY;

  function takeTime(index: number, time: number): void {
    if (time < newestAt - toleranceMs) find("entry-time", `entry ${index}`, `${newestAt - time} ms`);
    if (oldest === undefined || time < oldest.at) oldest = { entry: index, at: time };
    if (time > newestAt) newestAt = time;
  }

  return {
    take(index, prefixed) {
      if (reading === "nothing") return;
      const entry = prefixed && readKnown(index, prefixed, reading === "fields", find);
      if (entry === undefined) {
        lost.add(index);
        return;
      }
      takeTime(index, Date.parse(entry.at));
      if (entry.kind === "lookup.intent") opened.add(index);
      const { intent } = entry;
      if (!closing.has(entry.kind) || intent === undefined) return;
      if (!opened.delete(intent) && !lost.delete(intent)) closes.push({ entry: index, intent });
    },
    finish: () => ({
      opened: [...opened],
      lost: [...lost],
      closing: closes,
      ...(oldest && { oldest }),
      newestAt,
    }),
  };
}

function readKnown(index: number, prefixed: Buffer, allFields: boolean, find: Find) {
  const entry = read(prefixed);
  const name = `entry ${index}`;
  if (entry === undefined) find("entry-unread", name);
  else if (!kinds.has(entry.kind)) find("entry-kind", name, entry.kind.slice(0, 64));
  else if (allFields) {
    const decoded = decodeEntry(prefixed.subarray(1));
    if (!decoded.ok) find("entry-fields", name, decoded.error.slice(0, 200));
  }
  return entry && kinds.has(entry.kind) ? entry : undefined;
}

/** By hand: a schema takes longer than all the hashes. */
function read(prefixed: Buffer): Ordered | undefined {
  const text = prefixed.toString("utf8", 1);
  if (text.includes("\ufffd") && !isUtf8(prefixed)) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    return isOrdered(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isOrdered(json: unknown): json is Ordered {
  if (typeof json !== "object" || json === null) return false;
  if (!("kind" in json && typeof json.kind === "string")) return false;
  if (!("at" in json && typeof json.at === "string")) return false;
  return !("intent" in json) || typeof json.intent === "number";
}

export interface OrderCheck {
  take(span: SpanEntries): void;
  /** Intents that nothing has closed: of exchanges that are under way, or of a gateway that was stopped hard. */
  open(): number;
}

/** Holds the spans against each other, in order. */
export function createOrderCheck({ toleranceMs }: EntryRules, find: Find): OrderCheck {
  const open = new Set<number>();
  const lost = new Set<number>();
  let newestAt = Number.NEGATIVE_INFINITY;
  return {
    take(span) {
      const { oldest } = span;
      if (oldest && oldest.at < newestAt - toleranceMs) {
        find("entry-time", `entry ${oldest.entry}`, `${newestAt - oldest.at} ms`);
      }
      newestAt = Math.max(newestAt, span.newestAt);
      for (const { entry, intent } of span.closing) {
        if (!open.delete(intent) && !lost.delete(intent))
          find("intent-not-open", `entry ${entry}`, `intent ${intent}`);
      }
      for (const index of span.opened) open.add(index);
      // Of a log that is nearly gone, not all of it is remembered.
      if (lost.size < mostLost) for (const index of span.lost) lost.add(index);
    },
    open: () => open.size,
  };
}
