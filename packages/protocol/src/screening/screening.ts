import { z } from "zod";
import { itemCodeSchema, measureSchema, purposeCodeSchema } from "../catalogue/index.ts";
import { logReferenceSchema } from "../exchange/index.ts";
import { nodeIdSchema, subjectSchema } from "../identity/index.ts";
import { disputeSchema, recordSchema } from "../record/index.ts";

/** Most subjects of one request. */
export const mostScreened = 10_000;

/** `POST /v1/screenings`: which of many subjects are listed, and what that means for one matter (PR-SYNC §6). */
export const screeningSchema = z.strictObject({
  /** The matter: an application of credit data that the catalogue lists. */
  purpose: purposeCodeSchema,
  /** Every item of the purpose when absent. */
  items: z.array(itemCodeSchema).min(1).optional(),
  subjects: z.array(subjectSchema).min(1).max(mostScreened),
});
export type Screening = z.infer<typeof screeningSchema>;

export const hitSchema = z.strictObject({
  /** Which of the subjects asked about, from 0. */
  subject: z.number().int().nonnegative(),
  source: nodeIdSchema,
  /** As the purpose discloses them; none where it is answered by yes or no. */
  records: z.array(recordSchema),
  /** Items of which anything is held. */
  items: z.array(itemCodeSchema),
  /** Of this matter and no other. */
  measures: z.array(measureSchema),
  /** Records of it that somebody disputes (PR-CASES §6). */
  disputes: z.array(disputeSchema).min(1).optional(),
});
export type Hit = z.infer<typeof hitSchema>;

export const screenedSchema = z.strictObject({
  /** How many subjects were looked up: all. */
  screened: z.number().int().nonnegative(),
  hits: z.array(hitSchema),
  /** Sources whose records were looked through, and when each last told anything. */
  sources: z.array(z.strictObject({ node: nodeIdSchema, asOf: z.iso.datetime() })),
});
export type Screened = z.infer<typeof screenedSchema>;

/** The gateway's reply, signed: it stands in the log. */
export const screeningReplySchema = screenedSchema.extend({
  /** The request id, by which a report names it. */
  exchange: z.uuid(),
  log: logReferenceSchema.pick({ origin: true, size: true, root: true }).extend({
    index: z.number().int().nonnegative(),
  }),
});
export type ScreeningReply = z.infer<typeof screeningReplySchema>;

/** What a member does when its city cannot be asked. */
export const whenAwayChoices = ["hold", "flag", "copies"] as const;

/** As the agent hands it to its platform: from the city; from its own copies, or unanswered, when the city was not to be had. */
export const openedScreeningSchema = screenedSchema.extend({
  from: z.enum(["city", "copies", "nobody"]),
  exchange: screeningReplySchema.shape.exchange.optional(),
  log: screeningReplySchema.shape.log.optional(),
});
export type OpenedScreening = z.infer<typeof openedScreeningSchema>;
