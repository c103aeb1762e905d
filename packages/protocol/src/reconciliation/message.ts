import { z } from "zod";
import { bookEntrySchema } from "./book.ts";
import { findingSchema, unprovenSchema } from "./compare.ts";
import { mostFindings } from "./statement.ts";

const token = z.string().max(32_768);

const { side, exchange } = findingSchema.shape;

/** A finding as the member names it: what the gateway says the gateway knows. */
export const namedFindingSchema = findingSchema
  .pick({ side: true, exchange: true, how: true, member: true })
  .extend({
    /** The member asked, and no reply came. */
    replyLost: z.literal(true).optional(),
  });
export type NamedFinding = z.infer<typeof namedFindingSchema>;

/** Body of `POST /v1/reconciliations`: first the member's statement, then, when the books differ, with its findings. */
export const reconciliationSchema = z.strictObject({
  statement: token,
  findings: z.array(namedFindingSchema).max(mostFindings).optional(),
  /** How many more than are named. */
  more: z.number().int().nonnegative().optional(),
  unproven: z.array(unprovenSchema).max(mostFindings).optional(),
  /** The log is not the one that this member has seen. */
  contradicts: z.literal(true).optional(),
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;

/** Its reply: the gateway's statement, and its report, or what it has in the hour for the member to compare. */
export const reconciledSchema = z.strictObject({
  statement: token,
  report: z.string().optional(),
  entries: z.array(bookEntrySchema).optional(),
});
export type Reconciled = z.infer<typeof reconciledSchema>;

/** Most exchanges whose leaves are given in one reply. */
export const mostLeaves = 200;

/** Body of `POST /v1/reconciliations/leaves`: exchanges of the member's own. */
export const leavesRequestSchema = z.strictObject({
  exchanges: z.array(z.strictObject({ side, exchange })).min(1).max(mostLeaves),
});
export type LeavesRequest = z.infer<typeof leavesRequestSchema>;

/** What opens an answer's commitment: by jurisdiction. */
const openingsSchema = z.record(z.string(), z.strictObject({ key: z.base64(), value: z.string() }));

/** One entry as it stands in the log, and what opens it as far as it is the member's own. */
export const givenLeafSchema = z.strictObject({
  index: z.number().int().nonnegative(),
  leaf: z.string(),
  answers: openingsSchema.optional(),
});
export type GivenLeaf = z.infer<typeof givenLeafSchema>;

/** Its reply, in the order asked. */
export const leavesSchema = z.strictObject({ leaves: z.array(z.array(givenLeafSchema)) });
