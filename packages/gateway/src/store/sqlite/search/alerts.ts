import type { AlertsRequest, FoundLine } from "@xinqiao/protocol/audit";
import type { AlertPlace } from "../../../search/index.ts";
import type { Database } from "../database.ts";

export interface AlertBook {
  isRaised(alert: string): boolean;
  alerts(request: AlertsRequest): AlertPlace[];
  /** Until when use was looked at. */
  watched(): number | undefined;
  watch(until: number): void;
}

interface Row {
  readonly raised: number;
  readonly acknowledged: number | null;
}

/** @param line reads what an entry says */
export function openAlertBook(database: Database, line: (index: number) => FoundLine): AlertBook {
  const one = database.prepare<[string], Row>("SELECT raised, acknowledged FROM alert WHERE id = ?");
  const newest = database.prepare<[number, number], Row>(
    "SELECT raised, acknowledged FROM alert WHERE acknowledged IS NULL OR ? = 0 ORDER BY raised DESC LIMIT ?",
  );
  const until = database.prepare<[], number>("SELECT until FROM watched").pluck();
  const note = database.prepare<[number]>("INSERT OR REPLACE INTO watched (one, until) VALUES (1, ?)");
  return {
    isRaised: (alert) => one.get(alert) !== undefined,
    alerts({ alert, open, limit }) {
      const rows = alert === undefined ? newest.all(Number(open), limit) : one.all(alert);
      return rows.map(({ raised, acknowledged }) => ({
        raised: line(raised),
        ...(acknowledged !== null && { acknowledged }),
      }));
    },
    watched: () => until.get(),
    watch: (time) => void note.run(time),
  };
}
