import { z } from "zod";
import { bookEntrySchema } from "./book.ts";
import { findingSchema, hows } from "./compare.ts";
import { mostFindings } from "./statement.ts";

const token = z.string().max(32_768);

const { side, exchange, member } = findingSchema.shape;

/** A finding as the member names it: what the gateway says the gateway knows. */
export const namedFindingSchema = z.strictObject({
  side,
  exchange,
  how: z.enum(hows),
  member,
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
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;

/** Its reply: the gateway's statement, and its report, or what it has in the hour for the member to compare. */
export const reconciledSchema = z.strictObject({
  statement: token,
  report: z.string().optional(),
  entries: z.array(bookEntrySchema).optional(),
});
export type Reconciled = z.infer<typeof reconciledSchema>;
