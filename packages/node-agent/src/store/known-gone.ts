import { type CreditRecord, isGone } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import type { RefusedVersion } from "../sharing/index.ts";

/** Own records of which the city has last said that they are gone; runs inside its caller's transactions. */
export interface KnownGone {
  /** Its newest version is in a page. @param last the page's last change */
  told(record: CreditRecord, last: number): void;
  /** The city has taken a page but for some changes: what it has taken of those that stand is not gone any more. */
  acknowledged(last: number, refused: readonly RefusedVersion[]): void;
  /** No page that was told of before counts any more. */
  beganAnew(): void;
}

export function createKnownGone(database: Database): KnownGone {
  const know = database.prepare<[string]>(
    "INSERT INTO known_gone (record) VALUES (?) ON CONFLICT DO NOTHING",
  );
  const tell = database.prepare<[number | null, string]>("UPDATE known_gone SET told = ? WHERE record = ?");
  const stand = database.prepare<[number]>("DELETE FROM known_gone WHERE told = ?");
  const untell = database.prepare("UPDATE known_gone SET told = NULL");
  return {
    told: (record, last) => void tell.run(isGone(record) ? null : last, record.id),
    acknowledged(last, refused) {
      for (const { record, code } of refused) {
        if (code === "sync.record-gone") know.run(record);
        tell.run(null, record);
      }
      stand.run(last);
    },
    beganAnew: () => void untell.run(),
  };
}
