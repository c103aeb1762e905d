import { randomUUID } from "node:crypto";
import type { Database } from "better-sqlite3";
import type { DeadLetter, DeliveryQueue } from "../delivery/index.ts";
import { type DeliveryRows, recordOf } from "./delivery-rows.ts";

/** Of one process: after a refusal batches are small, and grow again as they are taken. */
export interface Pace {
  most: number;
  /** The mark of the last batch that took longer than it may. */
  slow?: string;
}

/** A platform that does not remove what is stale is asked again. */
const completeAgainMs = 3_600_000;

/** What becomes of a batch that is not taken. */
export function createRefusals(
  database: Database,
  rows: DeliveryRows,
  pace: Pace,
): Pick<DeliveryQueue, "split" | "isSlowAgain" | "setAside" | "keepStale" | "setAsideInRow"> {
  const split = database.transaction((mark: string): boolean => {
    const delivery = rows.underWay(mark);
    const changes = delivery === undefined ? [] : rows.changesIn(delivery, delivery.sealedN);
    const half = Math.floor(changes.length / 2);
    const middle = changes[half - 1];
    if (middle === undefined) return false;
    pace.most = half;
    rows.seal(randomUUID(), { upTo: middle.n, completes: false });
    return true;
  });
  const setAside = database.transaction((mark: string, reason: string, at: number) => {
    const delivery = rows.underWay(mark);
    const change = delivery && rows.changesIn(delivery, delivery.sealedN)[0];
    if (delivery === undefined || change === undefined) return undefined;
    const { source, record, item, content } = change;
    const version = content === null ? null : (recordOf(content)?.version ?? null);
    const letter: DeadLetter = { source, record, item, version, reason, since: at };
    rows.bury(letter);
    rows.pass(change.n);
    return letter;
  });
  const keepStale = database.transaction((mark: string, at: number): boolean => {
    const delivery = rows.underWay(mark);
    if (delivery === undefined) return false;
    rows.postpone(at + completeAgainMs);
    return delivery.completeFrom === null;
  });
  return {
    split: (mark) => split.immediate(mark),
    isSlowAgain(mark) {
      const isAgain = pace.slow === mark;
      pace.slow = mark;
      return isAgain;
    },
    setAside: (mark, reason, at) => setAside.immediate(mark, reason, at),
    keepStale: (mark, at) => keepStale.immediate(mark, at),
    setAsideInRow: () => rows.current()?.refusedInRow ?? 0,
  };
}
