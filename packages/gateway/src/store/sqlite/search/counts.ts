import { type CountPeriod, type CountRow, type CountsRequest, countRows } from "@xinqiao/protocol/audit";
import { hourMs } from "../../../alerts/index.ts";
import type { Database } from "../database.ts";
import { openNames } from "./names.ts";

export interface Counts {
  readonly rows: CountRow[];
  readonly cut: boolean;
}

/** Beijing is eight whole hours ahead; 1970-01-01 was a Thursday, and weeks begin on Monday. */
const periods: Readonly<
  Record<CountPeriod, { readonly sql: string; readonly begin: (number: number) => number }>
> = {
  hour: { sql: "hour", begin: (hour) => hour },
  day: { sql: "(hour + 8) / 24", begin: (day) => day * 24 - 8 },
  week: { sql: "((hour + 8) / 24 + 3) / 7", begin: (week) => (week * 7 - 3) * 24 - 8 },
};

const filters = ["member", "purpose", "outcome"] as const;

/** Counts lines by whole hours: `from` and `to` count to the hour that they are in. */
export function createCounts(database: Database): (request: CountsRequest) => Counts {
  const names = openNames(database);
  return ({ criteria, every, by }) => {
    const conditions: string[] = ["lines > 0"];
    const values: number[] = [];
    for (const name of filters) {
      const text = criteria[name];
      if (text === undefined) continue;
      conditions.push(`${name} = ?`);
      values.push(names.known(text) ?? -1);
    }
    if (criteria.from !== undefined) {
      conditions.push("hour >= ?");
      values.push(Math.floor(Date.parse(criteria.from) / hourMs));
    }
    if (criteria.to !== undefined) {
      conditions.push("hour < ?");
      values.push(Math.ceil(Date.parse(criteria.to) / hourMs));
    }
    const { sql, begin } = periods[every];
    const found = database
      .prepare<number[], { period: number; word: number; count: number }>(
        `SELECT ${sql} AS period, ${by ?? 0} AS word, sum(lines) AS count FROM tally
         WHERE ${conditions.join(" AND ")} GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${countRows + 1}`,
      )
      .all(...values);
    const rows = found.slice(0, countRows).map(({ period, word, count }) => ({
      at: new Date(begin(period) * hourMs).toISOString(),
      ...(by !== undefined && { group: names.text(word) ?? null }),
      count,
    }));
    return { rows, cut: found.length > countRows };
  };
}
