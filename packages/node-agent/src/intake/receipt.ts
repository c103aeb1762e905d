import { itemCodeSchema, labelSchema } from "@xinqiao/protocol/catalogue";
import { z } from "zod";
import type { ImportCounts } from "../store/index.ts";
import { describeReason } from "./reasons.ts";
import type { RowReport } from "./take-batch.ts";

/** Rows of one batch: they are taken in the thread that serves. */
const mostPostedRows = 1_000;

/** Said in lists and reports beside names of files, and never part of an address. */
const referenceSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** National column → value. */
const rowSchema = z.record(z.string(), z.unknown());

/** What a platform posts. */
export const postedSchema = z.strictObject({
  /** The batch's name, given by its sender and used once. */
  reference: referenceSchema,
  /** The batch whose kept-back rows these put right; where that was a correction itself, the first one. */
  corrects: referenceSchema.optional(),
  // The number is looked at before the rows are: what is said of them stays short.
  rows: z.array(z.unknown()).min(1).max(mostPostedRows).pipe(z.array(rowSchema)),
});

export type Posted = z.output<typeof postedSchema>;

const count = z.number().int().nonnegative();
const texts = labelSchema.shape;

/** What became of a batch: never a row's values. */
export const receiptSchema = z.strictObject({
  reference: referenceSchema,
  item: itemCodeSchema,
  /** By which kept-back rows are found. */
  import: z.number().int().positive(),
  receivedAt: z.iso.datetime({ offset: true }),
  /** Each is one of the next four. */
  received: count,
  accepted: count,
  unchanged: count,
  quarantined: count,
  duplicates: count,
  /** Keys of rows that are no column of the item: they were left out. */
  unknownColumns: z.array(z.string()),
  /** Every row that was kept back, counted from 1. */
  rows: z.array(
    z.strictObject({
      row: z.number().int().positive(),
      reasons: z.array(z.strictObject({ field: z.string().optional(), reason: z.string(), ...texts })),
    }),
  ),
});

export type Receipt = z.output<typeof receiptSchema>;

export function receiptOf(
  about: Pick<Receipt, "reference" | "item" | "import" | "receivedAt" | "unknownColumns">,
  counts: ImportCounts,
  kept: readonly RowReport[],
): Receipt {
  const rows = kept.map(({ line, reasons }) => ({
    row: line,
    reasons: reasons.map((said) => ({ ...said, ...describeReason(said.reason) })),
  }));
  return { ...about, ...counts, rows };
}
