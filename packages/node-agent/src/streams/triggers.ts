import { err, ok, type Result } from "@xinqiao/protocol/result";
import { z } from "zod";
import { isMoreThanGoes } from "./most-gone.ts";
import { type Stepped, type StreamFault, unreadable } from "./step.ts";
import type { ChangePlace, FollowedTable } from "./table.ts";
import type { Taking } from "./taking.ts";

const cursorSchema = z.strictObject({
  basis: z.string(),
  place: z.tuple([z.string(), z.string()]).readonly(),
  /** Whether all rows have to be compared: there is more than the changes tell. */
  isBehind: z.boolean(),
});
type Cursor = z.infer<typeof cursorSchema>;

const beginning: ChangePlace = ["0", "0"];

export interface FollowedChanges {
  step(signal: AbortSignal): Promise<Result<Stepped, StreamFault>>;
  isBehind(): boolean;
  /** All rows were compared since. */
  caughtUp(): Promise<void>;
}

/**
 * Takes the rows that the platform's triggers have written down as changed, deleted ones too. Where more are deleted at
 * once than go by themselves, the comparison that follows finds them missing, and waits for an operator's word.
 */
export function followChanges(
  table: FollowedTable,
  taking: Taking,
  { now, onBehind }: { readonly now: () => number; readonly onBehind: () => void },
): FollowedChanges {
  const held = (): Cursor | undefined => {
    const text = taking.streams.cursor(taking.stream);
    return text === undefined ? undefined : cursorSchema.parse(JSON.parse(text));
  };
  // Of the changes that are read at once.
  let goneNow = 0;
  const move = (rows: Parameters<Taking["take"]>[0], cursor: Cursor) =>
    taking.take(rows, JSON.stringify(cursor));
  return {
    async step(signal) {
      const began = now();
      const basis = taking.basis();
      if (basis === undefined) return err({ code: "intake.mapping-unfit" });
      const newest = await table.newestChange("any", signal);
      if (!newest.ok) return unreadable(newest.error);
      const cursor = await cursorFor(held(), basis, newest.value ?? beginning, () =>
        table.newestChange("settled", signal),
      );
      if (!cursor.ok) return unreadable(cursor.error);
      const page = await table.changedAfter(cursor.value.place, signal);
      if (!page.ok) return unreadable(page.error);
      const { rows, last: place = cursor.value.place, isLast, isEmptied } = page.value;
      const there = rows.filter(({ cells }) => cells !== undefined);
      const gone = rows.filter(({ cells }) => cells === undefined).map(({ key }) => key);
      goneNow += taking.streams.digests(taking.stream, gone).size;
      const isTooMuch = isMoreThanGoes(goneNow, (most) => taking.streams.known(taking.stream, most));
      const isBehind = cursor.value.isBehind || isEmptied || isTooMuch;
      if (isEmptied || isTooMuch) onBehind();
      await move(isTooMuch ? there : rows, { basis, place, isBehind });
      if (isLast) goneNow = 0;
      // What committed beside an older transaction under way is not taken yet.
      const isWhole = newest.value === undefined || !isBefore(place, newest.value);
      return ok({ again: !isLast, ...(isWhole && { asOf: began }) });
    },
    isBehind: () => held()?.isBehind ?? true,
    async caughtUp() {
      const cursor = held();
      if (cursor !== undefined) await move([], { ...cursor, isBehind: false });
    },
  };
}

/**
 * Where to go on: from what has settled by now when there is no past to go on from. A platform that was put back to an
 * older state has no change as new as the one that was taken.
 */
async function cursorFor(
  held: Cursor | undefined,
  basis: string,
  newest: ChangePlace,
  settled: () => Promise<Result<ChangePlace | undefined, string>>,
): Promise<Result<Cursor, string>> {
  if (held?.basis === basis && !isBefore(newest, held.place)) return ok(held);
  const place = await settled();
  return place.ok ? ok({ basis, place: place.value ?? beginning, isBehind: true }) : place;
}

function isBefore([xid, n]: ChangePlace, [otherXid, otherN]: ChangePlace): boolean {
  return xid === otherXid ? BigInt(n) < BigInt(otherN) : BigInt(xid) < BigInt(otherXid);
}
