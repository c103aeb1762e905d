import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeId } from "@xinqiao/protocol/identity";
import type { Database } from "better-sqlite3";
import type { Deliveries } from "../delivery/index.ts";
import { wantsItem } from "./delivery-rows.ts";

/** Most copies that are gone through in one turn: some milliseconds of work. */
const mostCounted = 2_000;

interface Span {
  readonly source: NodeId;
  readonly after: string;
  readonly to: string;
  readonly today: string;
}

/** Of a source's copies from one to another those that count, by item. */
export const takenSql = `
  SELECT copy.item, count(*) AS taken FROM copy CROSS JOIN copy_change USING (source, record, item)
  WHERE source = @source AND record > @after AND record <= @to
    AND state NOT IN ('repaired', 'withdrawn') AND coalesce(until, @today) >= @today
    AND NOT EXISTS (
      SELECT 1 FROM delivery WHERE ${wantsItem("copy.item")} AND (
        copy_change.n > delivery.n OR EXISTS (
          SELECT 1 FROM dead_letter WHERE dead_letter.delivery = delivery.name
            AND dead_letter.source = copy.source AND dead_letter.record = copy.record)))
  GROUP BY copy.item`;

/** How many copies every platform that wants them has: all of a source's are gone through once, some at a time. */
export function createTaken(database: Database): Deliveries["takenBy"] {
  const any = database.prepare<[], object>("SELECT 1 FROM delivery LIMIT 1");
  const wants = database.prepare<[string], object>(`SELECT 1 FROM delivery WHERE ${wantsItem("?")} LIMIT 1`);
  const next = database
    .prepare<[NodeId, string, number], string>(
      "SELECT record FROM copy WHERE source = ? AND record > ? ORDER BY record LIMIT 1 OFFSET ?",
    )
    .pluck();
  const last = database
    .prepare<[NodeId], string | null>("SELECT max(record) FROM copy WHERE source = ?")
    .pluck();
  const count = database.prepare<[Span], { item: string; taken: number }>(takenSql);
  return async (source, today) => {
    const taken = new Map<string, number>();
    const end = any.get() === undefined ? null : (last.get(source) ?? null);
    for (let after = ""; end !== null && after !== end; await nextTurn()) {
      const to = next.get(source, after, mostCounted - 1) ?? end;
      for (const { item, taken: some } of count.all({ source, after, to, today }))
        taken.set(item, (taken.get(item) ?? 0) + some);
      after = to;
    }
    return (item) => (wants.get(item) === undefined ? undefined : (taken.get(item) ?? 0));
  };
}
