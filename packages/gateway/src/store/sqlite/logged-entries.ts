import { setImmediate } from "node:timers/promises";
import { answerField, commitmentOf, decodeEntry, type LogEntry } from "@xinqiao/protocol/log";
import type { LoggedEntries, LoggedEntry } from "../../books/index.ts";
import { firstSince, openedValue, type ReadEvidence } from "../../log/index.ts";
import { openReadOnly } from "./database.ts";
import { evidenceReader } from "./read-evidence.ts";

export interface OpenedLoggedEntries extends LoggedEntries {
  close(): void;
}

/** Entries read in one turn of the event loop: a few milliseconds, with what is kept beside them. */
const sliceSize = 20;

interface Row {
  readonly idx: number;
  readonly leaf: string;
}

/** The entries of an audit log that is open already, by the instants at which their leaves say they were written. */
export function openLoggedEntries(path: string): OpenedLoggedEntries {
  const database = openReadOnly(path);
  const last = database.prepare<[], number>("SELECT max(idx) FROM entry").pluck();
  const writtenAt = database
    .prepare<[number], number>("SELECT at FROM entry WHERE idx >= ? ORDER BY idx LIMIT 1")
    .pluck();
  const slice = database.prepare<[number, number, number], Row>(
    "SELECT idx, leaf FROM entry WHERE idx >= ? AND idx <= ? ORDER BY idx LIMIT ?",
  );
  const slipped = database.prepare<[number, number, number, number], Row>(
    `SELECT idx, leaf FROM entry
     WHERE idx IN (SELECT idx FROM main.entry INDEXED BY entry_told WHERE told >= ? AND told < ?)
       AND idx > ? ORDER BY idx LIMIT ?`,
  );
  const ofExchange = database.prepare<[string], Row>(
    "SELECT idx, leaf FROM entry WHERE exchange = ? ORDER BY idx",
  );
  const erasing = database.prepare<[number], Row>(
    `SELECT idx, leaf FROM entry WHERE idx > ? AND kind IN ('subject.erased', 'evidence.expired')
     ORDER BY idx LIMIT 1`,
  );
  const newest = database
    .prepare<[], string>("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
    .pluck();
  const evidence = evidenceReader(database);

  /** A leaf that cannot be read any more is none: whoever has the exchange in its book will miss it. */
  function read({ idx: index, leaf }: Row): LoggedEntry[] {
    const entry = decodeEntry(Buffer.from(leaf));
    if (!entry.ok) return [];
    let beside: ReadEvidence | undefined;
    const kept = () => {
      beside ??= evidence(index);
      return beside;
    };
    return [
      {
        index,
        leaf,
        entry: entry.value,
        opening: (jurisdiction) => openingIn(kept(), jurisdiction),
        answer: (jurisdiction) => answerIn(kept(), entry.value, jurisdiction),
      },
    ];
  }

  const firstAt = (instant: number) =>
    firstSince(
      instant,
      [0, (last.get() ?? -1) + 1],
      (index) => writtenAt.get(index) ?? Number.POSITIVE_INFINITY,
    );

  /** Slice by slice, in the order of the log; each is asked for what comes after the one before. */
  async function* slices(after: number, read: (after: number) => Row[]) {
    for (let rows = read(after); rows.length > 0; rows = read(rows.at(-1)?.idx ?? after)) {
      yield rows;
      await setImmediate();
    }
  }

  return {
    async *between(from, to) {
      const end = firstAt(to) - 1;
      const within = ({ entry: { at } }: LoggedEntry) => Date.parse(at) >= from && Date.parse(at) < to;
      const inOrder = (after: number) => slice.all(after + 1, end, sliceSize);
      for await (const rows of slices(firstAt(from) - 1, inOrder)) yield rows.flatMap(read).filter(within);
      // Written while the clock said that it was later already.
      const late = (after: number) => slipped.all(from, to, after, sliceSize);
      for await (const rows of slices(end, late)) yield rows.flatMap(read);
    },
    of: (exchange) => ofExchange.all(exchange).flatMap(read),
    erasureAfter(index) {
      const row = erasing.get(index);
      return row && { index: row.idx, leaf: row.leaf };
    },
    checkpoint: () => newest.get(),
    close: () => void database.close(),
  };
}

function openingIn(beside: ReadEvidence, jurisdiction: string) {
  if (typeof beside === "string") return undefined;
  const found = beside.kept.openings.find(({ field }) => field === answerField(jurisdiction));
  return found && { key: found.key, value: found.value };
}

/** What was erased is not known any more; what does not open the commitment is not what was committed to. */
function answerIn(beside: ReadEvidence, entry: LogEntry, jurisdiction: string): string | undefined {
  if (beside === "nothing") return undefined;
  const field = answerField(jurisdiction);
  return openedValue(entry, beside, field) ?? commitmentOf(entry, field);
}
