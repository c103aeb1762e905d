import { err, ok } from "@xinqiao/protocol/result";
import { moved, underWay } from "./column-cursor.ts";
import { type Step, type StreamFault, unreadable } from "./step.ts";
import type { FollowedTable } from "./table.ts";
import type { Taking } from "./taking.ts";

/** Takes the rows whose mark has grown. Rows that are gone are not seen. */
export function followColumn(
  table: FollowedTable,
  taking: Taking,
  { overlapMs, now }: { readonly overlapMs: number; readonly now: () => number },
): Step {
  return async (signal) => {
    const basis = taking.basis();
    if (basis === undefined) return err<StreamFault>({ code: "intake.mapping-unfit" });
    const cursor = underWay(taking.streams.cursor(taking.stream), basis, now());
    const page = await table.byMark(cursor.round.place ?? undefined, signal);
    if (!page.ok) return unreadable(page.error);
    const after = moved(cursor, page.value, now(), overlapMs);
    await taking.take(page.value.rows, JSON.stringify(after));
    if (!page.value.isLast) return ok({ again: true });
    const unmarked = await table.hasUnmarked(signal);
    if (!unmarked.ok) return unreadable(unmarked.error);
    if (unmarked.value) return err<StreamFault>({ code: "intake.mark-missing" });
    return ok({ again: false, asOf: cursor.round.began });
  };
}
