import { err, ok, type Result } from "@xinqiao/protocol/result";
import { isMoreThanIsMissed } from "./most-gone.ts";
import { mostKeys } from "./statements.ts";
import { type Step, type StreamFault, unreadable } from "./step.ts";
import type { FollowedTable } from "./table.ts";
import type { Taking } from "./taking.ts";

export interface Comparison {
  readonly step: Step;
  /** What was read so far does not count: there is more to find than its pages can show. */
  beginAnew(): void;
}

/**
 * Reads all rows, page by page, takes those that say something new, and withdraws what is gone; but not when that were
 * more than goes by itself: a table that was emptied by mistake, or a view that is broken, must not empty this store.
 */
export function compareAll(table: FollowedTable, taking: Taking, now: () => number): Comparison {
  const { stream, streams } = taking;
  let round: { readonly after?: string; readonly began: number } | undefined;
  const step: Step = async (signal) => {
    if (taking.basis() === undefined) return err<StreamFault>({ code: "intake.mapping-unfit" });
    if (round === undefined) streams.beginRound(stream);
    round ??= { began: now() };
    const page = await table.byKey(round.after, signal);
    if (!page.ok) return unreadable(page.error);
    const { rows, isLast } = page.value;
    await taking.take(rows);
    const keys = rows.map(({ key }) => key);
    streams.met(stream, keys);
    const [after = round.after] = keys.slice(-1);
    round = { ...round, ...(after !== undefined && { after }) };
    if (!isLast) return ok({ again: true });
    const met = await meetOthers(table, taking, signal);
    if (!met.ok) return unreadable(met.error);
    const { began } = round;
    round = undefined;
    const gone = await withdrawMissing(taking, met.value);
    streams.endRound(stream);
    return gone.ok ? ok({ again: false, asOf: began }) : gone;
  };
  const beginAnew = () => {
    round = undefined;
  };
  return { step, beginAnew };
}

/** Keys that this round has not met, and of how many; a slice at a time, however many rows there are. */
async function* unmet({ stream, streams, giveWay }: Taking) {
  let rows = streams.slice(stream, "", mostKeys);
  for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
    yield { keys: rows.filter(({ isMet }) => !isMet).map(({ key }) => key), of: rows.length };
    await giveWay();
    rows = streams.slice(stream, last.key, mostKeys);
  }
}

interface Missing {
  readonly known: number;
  readonly missing: number;
}

/** Rows that the pages have not shown: their keys may have come in behind the page that was being read. */
async function meetOthers(
  table: FollowedTable,
  taking: Taking,
  signal: AbortSignal,
): Promise<Result<Missing, string>> {
  let [known, missing] = [0, 0];
  for await (const { keys, of } of unmet(taking)) {
    known += of;
    if (keys.length === 0) continue;
    const found = await table.ofKeys(keys, signal);
    if (!found.ok) return found;
    await taking.take(found.value);
    const there = new Set(found.value.map(({ key }) => key));
    taking.streams.met(taking.stream, [...there]);
    missing += keys.length - there.size;
  }
  return ok({ known, missing });
}

async function withdrawMissing(
  taking: Taking,
  { known, missing }: Missing,
): Promise<Result<undefined, StreamFault>> {
  const { stream, streams, take } = taking;
  const isTooMuch = isMoreThanIsMissed(missing, known);
  if (isTooMuch && missing > streams.confirmed(stream)) {
    streams.waitForWord(stream, missing);
    return err({ code: "intake.rows-missing", known, missing });
  }
  if (missing > 0) for await (const { keys } of unmet(taking)) await take(keys.map((key) => ({ key })));
  streams.waitForWord(stream, undefined);
  return ok(undefined);
}
