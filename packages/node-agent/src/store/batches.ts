import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Database } from "better-sqlite3";

/** Rows that are handed over under a name of their sender's. */
export interface NamedBatch {
  readonly item: ItemCode;
  readonly reference: string;
}

/** What was answered, and to which rows. */
export interface AnsweredBatch {
  /** Of the rows, in hex. */
  readonly sha256: string;
  readonly receipt: string;
}

export interface Batches {
  answered(batch: NamedBatch): AnsweredBatch | undefined;
  /** One transaction around what ends its import, and what is answered. */
  answer(batch: NamedBatch & AnsweredBatch & { readonly import: number }, finish: () => void): void;
}

export function createBatches(database: Database): Batches {
  const find = database.prepare<[NamedBatch], AnsweredBatch>(
    "SELECT sha256, receipt FROM batch WHERE item = @item AND reference = @reference",
  );
  const keep = database.prepare<[Parameters<Batches["answer"]>[0]]>(
    "INSERT INTO batch VALUES (@item, @reference, @sha256, @import, @receipt)",
  );
  const answer = database.transaction((...[batch, finish]: Parameters<Batches["answer"]>) => {
    finish();
    keep.run(batch);
  });
  return { answered: (batch) => find.get(batch), answer: (...batch) => answer.immediate(...batch) };
}
