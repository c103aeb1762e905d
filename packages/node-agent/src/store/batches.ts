import type { ItemCode } from "@xinqiao/protocol/catalogue";
import type { Database } from "better-sqlite3";

/** Rows that are handed over under a name of their sender's. */
export interface NamedBatch {
  readonly item: ItemCode;
  readonly reference: string;
  /** Of the rows. */
  readonly sha256: string;
}

export interface Batches {
  /**
   * One transaction around all that `work` does in this store. A batch that was taken before gets the receipt that it
   * got, and `work` is not done; nothing when the name was another batch's.
   */
  once(
    batch: NamedBatch,
    work: () => { readonly import: number; readonly receipt: string },
  ): { readonly receipt: string; readonly repeated: boolean } | undefined;
}

export function createBatches(database: Database): Batches {
  const find = database.prepare<[NamedBatch], { sha256: string; receipt: string }>(
    "SELECT sha256, receipt FROM batch WHERE item = @item AND reference = @reference",
  );
  const keep = database.prepare<[NamedBatch & { import: number; receipt: string }]>(
    "INSERT INTO batch VALUES (@item, @reference, @sha256, @import, @receipt)",
  );
  const once = database.transaction((batch: NamedBatch, work: Parameters<Batches["once"]>[1]) => {
    const before = find.get(batch);
    if (before !== undefined) {
      return before.sha256 === batch.sha256 ? { receipt: before.receipt, repeated: true } : undefined;
    }
    const done = work();
    keep.run({ ...batch, ...done });
    return { receipt: done.receipt, repeated: false };
  });
  return { once: (batch, work) => once.immediate(batch, work) };
}
