import type { CreditRecord } from "@xinqiao/protocol/record";
import type { Database } from "better-sqlite3";
import type { CorrectionAct, OwnRecords, RecordStanding } from "../sharing/index.ts";

/** What a row can say of its record's state: an annotation needs a text, and is this member's own to make. */
export const rowStates = ["current", "repaired", "withdrawn"] as const;
export interface SaidState {
  readonly state: (typeof rowStates)[number];
}

type RowRecord = CreditRecord & SaidState;

/** As the table has it. */
interface Said {
  readonly state: string;
  readonly made: string | null;
  readonly annotation: string | null;
}

/**
 * A row's word on a state counts when it changes. Said again it overrules nobody, and it brings back only what rows have
 * taken away, with the annotation that it had: a repair that was made here outlives every reading of the table
 * (《深圳经济特区社会信用条例》art. 81–82).
 */
export function createRowStates(database: Database, own: OwnRecords) {
  const sql = prepare(database);

  /** @returns whether it made another version */
  function follow({ id, state }: Pick<RowRecord, "id" | "state">, isNew: boolean, at: string): boolean {
    const before = sql.said.get(id);
    if (before?.state === state) return false;
    const held = isNew ? undefined : own.standing(id);
    const made = before?.made ?? null;
    const isTheirs = held !== undefined && mayMove(held, state, made);
    const isMoved = isTheirs && own.correct(id, actOf(state, before), at).ok;
    const annotation = state === "current" ? null : (held?.annotation ?? before?.annotation ?? null);
    sql.say.run({ id, state, made: isNew || isMoved ? state : made, annotation });
    return isMoved;
  }

  function withdraw(id: string, at: string): void {
    // What was repaired stays repaired: it is no longer disclosed either way.
    if (own.standing(id)?.state !== "repaired") follow({ id, state: "withdrawn" }, false, at);
  }
  return { follow, withdraw, said: (id: string) => sql.said.get(id)?.state };
}

function mayMove(held: RecordStanding, state: SaidState["state"], made: string | null): boolean {
  return (held.state !== "repaired" && state !== "current") || held.state === made;
}

function actOf(state: SaidState["state"], before: Said | undefined): CorrectionAct {
  const annotation = before?.annotation;
  return state === "current" && annotation ? { state: "annotated", annotation } : { state };
}

function prepare(database: Database) {
  return {
    said: database.prepare<[string], Said>("SELECT state, made, annotation FROM said_state WHERE record = ?"),
    say: database.prepare<[Said & { readonly id: string }]>(
      `INSERT INTO said_state (record, state, made, annotation) VALUES (@id, @state, @made, @annotation)
       ON CONFLICT (record) DO UPDATE
         SET state = excluded.state, made = excluded.made, annotation = excluded.annotation`,
    ),
  };
}
