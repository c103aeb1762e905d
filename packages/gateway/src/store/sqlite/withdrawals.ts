import { withdrawalsPage } from "@xinqiao/protocol/authorisation";
import type { WithdrawalList, WithdrawnAuthorisation } from "../../log/index.ts";
import { openReadOnly } from "./database.ts";

export interface OpenedWithdrawals extends WithdrawalList {
  close(): void;
}

/** The withdrawals in an audit log that is open already, a page at a time. */
export function openWithdrawals(path: string): OpenedWithdrawals {
  const database = openReadOnly(path);
  const behind = database.prepare<[number, number, number], WithdrawnAuthorisation>(
    "SELECT number, issuer, id, exp FROM withdrawal WHERE number > ? AND exp >= ? ORDER BY number LIMIT ?",
  );
  const newest = database.prepare<[], { seq: number }>(
    "SELECT seq FROM sqlite_sequence WHERE name = 'withdrawal'",
  );
  // One snapshot: a withdrawal that comes between the two reads must not be counted and left out.
  const read = database.transaction((number: number, now: number) => ({
    last: newest.get()?.seq ?? 0,
    withdrawn: behind.all(number, now / 1000, withdrawalsPage),
  }));
  return { after: (number, now) => read(number, now), close: () => void database.close() };
}
