import { z } from "zod";
import { nodeIdSchema } from "../identity/index.ts";
import { subscriptionSchema } from "../sync/index.ts";
import { digestGroupSchema } from "./entry.ts";
import { prefixSchema, rangeSchema } from "./range.ts";

/** Most ranges of one question. */
export const mostRanges = 256;

const placeSchema = z.strictObject({ group: digestGroupSchema, prefix: prefixSchema });
export type RangePlace = z.infer<typeof placeSchema>;

/** `POST /v1/digests`: what the city holds, by ranges. */
export const digestsRequestSchema = z.strictObject({
  /** Of others' records: what the asker may hold and wants. Null: of the asker's own. */
  subscription: subscriptionSchema.nullable(),
  /** None: the whole range of every group. */
  ranges: z.array(placeSchema).max(mostRanges),
});
export type DigestsRequest = z.infer<typeof digestsRequestSchema>;

export const digestsSchema = z.strictObject({
  /** The newest position there is: a reader that has read less compares too early. */
  newest: z.number().int().nonnegative(),
  ranges: z.array(placeSchema.extend({ range: rangeSchema })),
});
export type Digests = z.infer<typeof digestsSchema>;

const count = z.number().int().nonnegative();

/** What a comparison of copies has come to: counts, and nothing of any record. */
export const copiesComparedSchema = z.strictObject({
  /** Whose records. */
  source: nodeIdSchema,
  /** Records here, and at the city, when they were compared. */
  here: count,
  there: count,
  onlyHere: count,
  onlyThere: count,
  otherwise: count,
  /** Differences that were there no more when it was compared again. */
  repaired: count,
  /** Whether both were equal in the end. */
  equal: z.boolean(),
});
export type CopiesCompared = z.infer<typeof copiesComparedSchema>;

/** Most sources of one message. */
export const mostCompared = 100;

/** `POST /v1/digests/reports`: a member tells the city's log how its copies compare. */
export const copiesReportSchema = z.strictObject({
  compared: z.array(copiesComparedSchema).min(1).max(mostCompared),
});
export type CopiesReport = z.infer<typeof copiesReportSchema>;

/** Its reply. */
export const copiesReportedSchema = z.strictObject({});
