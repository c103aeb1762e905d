import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import type { OwnRecords } from "../sharing/index.ts";

/** What a row can say of its record's state: an annotation needs a text, and is this member's own to make. */
export const rowStates = ["current", "repaired", "withdrawn"] as const;
export interface SaidState {
  readonly state: (typeof rowStates)[number];
}

type RowRecord = CreditRecord & SaidState;

/**
 * A row's word on a state counts when it changes. Said again it overrules nobody, and it brings back only what rows have
 * taken away: a repair that was made here outlives every reading of the table
 * (《深圳经济特区社会信用条例》art. 81–82).
 */
export function createRowStates(database: Database, own: OwnRecords) {
  const said = database.prepare<[string], string>("SELECT state FROM said_state WHERE record = ?").pluck();
  const say = database.prepare<[string, string]>(
    "INSERT INTO said_state VALUES (?, ?) ON CONFLICT (record) DO UPDATE SET state = excluded.state",
  );

  /** @returns whether it made another version */
  function follow({ id, state }: RowRecord, isNew: boolean, at: string): boolean {
    const before = said.get(id);
    if (before === state) return false;
    say.run(id, state);
    if (isNew) return false;
    if (state === "current" && own.byId(id)?.state !== before) return false;
    return own.correct(id, { state }, at);
  }

  function withdraw(id: string, at: string): void {
    const held = own.byId(id);
    say.run(id, "withdrawn");
    // What was repaired stays repaired: it is no longer disclosed either way.
    if (held?.state === "current" || held?.state === "annotated") own.correct(id, { state: "withdrawn" }, at);
  }
  return { follow, withdraw };
}
