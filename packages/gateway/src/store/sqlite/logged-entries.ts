import { setImmediate } from "node:timers/promises";
import { commitmentOf, decodeEntry, type LogEntry, opens } from "@xinqiao/protocol/log";
import type { LoggedEntries, LoggedEntry } from "../../books/index.ts";
import { openReadOnly } from "./database.ts";
import { evidenceReader } from "./read-evidence.ts";

export interface OpenedLoggedEntries extends LoggedEntries {
  close(): void;
}

/** Entries read in one turn of the event loop: about two milliseconds. */
const sliceSize = 100;

interface Row {
  readonly idx: number;
  readonly leaf: string;
}

/** The entries of an audit log that is open already, by the instants at which they were written. */
export function openLoggedEntries(path: string): OpenedLoggedEntries {
  const database = openReadOnly(path);
  const last = database.prepare<[], number>("SELECT max(idx) FROM entry").pluck();
  const writtenAt = database
    .prepare<[number], number>("SELECT at FROM entry WHERE idx >= ? ORDER BY idx LIMIT 1")
    .pluck();
  const slice = database.prepare<[number, number, number], Row>(
    "SELECT idx, leaf FROM entry WHERE idx >= ? AND idx <= ? ORDER BY idx LIMIT ?",
  );
  const ofExchange = database.prepare<[string], Row>(
    "SELECT idx, leaf FROM entry WHERE exchange = ? ORDER BY idx",
  );
  const newest = database
    .prepare<[], string>("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
    .pluck();
  const evidence = evidenceReader(database);

  function answerOf(index: number, entry: LogEntry, jurisdiction: string): string | undefined {
    const field = `answer.${jurisdiction}`;
    const commitment = commitmentOf(entry, field);
    const beside = evidence(index);
    const kept =
      typeof beside === "string" ? undefined : beside.kept.openings.find((each) => each.field === field);
    if (commitment === undefined || kept === undefined) return undefined;
    return opens(commitment, { ...kept, key: Buffer.from(kept.key, "base64") }) ? kept.value : commitment;
  }

  /** A leaf that cannot be read any more is none: whoever has the exchange in its book will miss it. */
  function read({ idx: index, leaf }: Row): LoggedEntry[] {
    const entry = decodeEntry(Buffer.from(leaf));
    if (!entry.ok) return [];
    return [{ index, entry: entry.value, answer: (place) => answerOf(index, entry.value, place) }];
  }

  /** Entries are written in the order of the clock: the first at or after an instant is found by halving. */
  function firstAt(instant: number): number {
    let [low, high] = [0, (last.get() ?? -1) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((writtenAt.get(middle) ?? Number.POSITIVE_INFINITY) < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    async *between(from, to) {
      const end = firstAt(to) - 1;
      let next = firstAt(from);
      while (next <= end) {
        const rows = slice.all(next, end, sliceSize);
        yield rows.flatMap(read);
        next = (rows.at(-1)?.idx ?? end) + 1;
        await setImmediate();
      }
    },
    of: (exchange) => ofExchange.all(exchange).flatMap(read),
    checkpoint: () => newest.get(),
    close: () => void database.close(),
  };
}
