import { z } from "zod";
import { itemCodeSchema } from "../catalogue/index.ts";
import { jurisdictionSchema, nodeIdSchema } from "../identity/index.ts";
import { isCode } from "../problem/index.ts";
import { disputeSchema, recordSchema } from "../record/index.ts";
import { gapSchema } from "./answer.ts";

/** `ok` records found · `none` none held · `refused` by the node's policy · `timeout` · `open` circuit · `error` · `stale` older than asked. */
export const rowStatuses = ["ok", "none", "refused", "timeout", "open", "error", "stale"] as const;
export type RowStatus = (typeof rowStatuses)[number];

const rowBase = {
  jurisdiction: jurisdictionSchema,
  node: nodeIdSchema,
  /** The other city through whose gateway the node was asked. */
  via: nodeIdSchema.optional(),
  status: z.enum(rowStatuses),
  /** Data age as the node states it; absent when the node said nothing. */
  asOf: z.iso.datetime().optional(),
  latencyMs: z.number().nonnegative(),
  /** Why, whenever status is not `ok` or `none`. */
  code: z.string().refine(isCode).optional(),
  /** Items of which the answer is not the whole, as the node signed it. */
  gaps: z.array(gapSchema).min(1).optional(),
};

/** One row on the wire, with the node's own signed answer beside it. */
export const resultRowSchema = z.object({ ...rowBase, answer: z.string().optional() });
export type ResultRow = z.infer<typeof resultRowSchema>;

/**
 * Complete: every jurisdiction asked has answered about everything asked, with data of the age asked for, or its
 * policy refuses. A node that holds nothing of what was asked has answered nothing.
 */
export function isComplete(rows: readonly Pick<ResultRow, "status" | "gaps" | "code">[]): boolean {
  return rows.every(
    ({ status, gaps, code }) =>
      gaps === undefined &&
      (status === "ok" || status === "none" || (status === "refused" && code !== "source.item-not-held")),
  );
}

/**
 * Whether an answer's data is older than asked; data of unknown age always is.
 * @param oldestAsOf milliseconds since 1970; 0 when any age will do
 */
export function isStale(asOf: string | undefined, oldestAsOf: number): boolean {
  return asOf === undefined || Date.parse(asOf) < oldestAsOf;
}

/** Whether a row has the city's answer, of its copy, in place of the node's own: then its code says why the node had none. */
export function isCopied({ status, code }: Pick<ResultRow, "status" | "code">): boolean {
  return status === "stale" && code !== undefined && code !== "answer.data-too-old";
}

/** Where the exchange stands in the audit log. */
export const logReferenceSchema = z.object({
  origin: z.string(),
  intent: z.number().int().nonnegative(),
  outcome: z.number().int().nonnegative(),
  /** Tree size and base64 root right after the outcome was written. */
  size: z.number().int().positive(),
  root: z.string(),
});
export type LogReference = z.infer<typeof logReferenceSchema>;

/** Body of the gateway's signed reply: exactly one row for every jurisdiction asked. */
export const exchangeSchema = z.object({
  exchange: z.uuid(),
  /** See `isComplete`. */
  complete: z.boolean(),
  results: z.array(resultRowSchema),
  log: logReferenceSchema,
});
export type Exchange = z.infer<typeof exchangeSchema>;

/** What the agent hands its platform: the same rows, opened and checked. */
export const openedExchangeSchema = exchangeSchema.extend({
  results: z.array(
    z.object({
      ...rowBase,
      records: z.array(recordSchema),
      /** In place of records, for a purpose that is answered by yes or no: the items of which anything is held. */
      held: z.array(itemCodeSchema).optional(),
      /** Of an answer from the city's copy: records of it that somebody disputes. */
      disputes: z.array(disputeSchema).min(1).optional(),
    }),
  ),
});
export type OpenedExchange = z.infer<typeof openedExchangeSchema>;
