import { err, ok, type Result } from "@xinqiao/protocol/result";
import { moved, underWay } from "./column-cursor.ts";
import { type Noticed, type StreamFault, unreadable } from "./step.ts";
import type { FollowedTable, MarkedPage, MarkPlace } from "./table.ts";
import type { Taking } from "./taking.ts";

/** Takes the rows whose mark has grown. Rows that are gone are not seen. */
export function followColumn(
  table: FollowedTable,
  taking: Taking,
  { overlapMs, now }: { readonly overlapMs: number; readonly now: () => number },
): (signal: AbortSignal) => Promise<Result<Noticed, StreamFault>> {
  return async (signal) => {
    const basis = taking.basis();
    if (basis === undefined) return err<StreamFault>({ code: "intake.mapping-unfit" });
    const cursor = underWay(taking.streams.cursor(taking.stream), basis, now());
    const page = await table.byMark(cursor.round.place ?? undefined, signal);
    if (!page.ok) return unreadable(page.error);
    const read = readOf(page.value, now());
    await taking.take(page.value.rows, JSON.stringify(moved(cursor, read, now(), overlapMs)));
    if (!read.isLast) return ok({ again: true });
    const whole = { again: false, asOf: cursor.round.began };
    if (!page.value.isLast && read.last === undefined)
      return ok({ ...whole, fault: { code: "intake.mark-ahead" } });
    const unmarked = await table.hasUnmarked(signal);
    if (!unmarked.ok) return unreadable(unmarked.error);
    return ok({ ...whole, ...(unmarked.value && { fault: { code: "intake.mark-missing" } }) });
  };
}

/**
 * Rows marked with a day to come are taken, but never read past: what changes before that day would not be seen. They
 * come last, and again each round.
 */
function readOf({ places, isLast }: MarkedPage, now: number) {
  const ahead = places.findIndex((place) => isAhead(place, now));
  const last = ahead < 0 ? places.at(-1) : places.slice(0, ahead).at(-1);
  return { isLast: isLast || ahead >= 0, ...(last !== undefined && { last }) };
}

const aheadMs = 2 * 86_400_000;

/** Of marks that begin with a day; a number may be anything. */
function isAhead([mark]: MarkPlace, now: number): boolean {
  const [day] = /^s(\d{4}-\d\d-\d\d)/.exec(mark)?.slice(1) ?? [];
  return day !== undefined && Date.parse(day) > now + aheadMs;
}
