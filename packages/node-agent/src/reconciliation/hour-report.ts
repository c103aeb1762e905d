import { bookSummarySchema, findingSchema, hows, intervalSchema } from "@xinqiao/protocol/reconciliation";
import { z } from "zod";

/** What caught a difference. */
export const catches = ["count", "digest", "inclusion-proof", "consistency", "statement"] as const;
export type Catch = (typeof catches)[number];

/** One exchange of which the two sides do not say the same, and by what that was found. */
export const caughtSchema = z.object({
  ...findingSchema.shape,
  how: z.enum([...hows, "not-proven"]),
  by: z.enum(catches),
});
export type Caught = z.infer<typeof caughtSchema>;

/** What became of one hour, for people. */
export const hourReportSchema = z.object({
  interval: intervalSchema,
  /** Of this member's book, and of the gateway's log. */
  here: bookSummarySchema,
  there: bookSummarySchema,
  findings: z.array(caughtSchema),
  /** Whether the log goes on from the checkpoint that this member holds; `unpublished`: the city has none yet. */
  log: z.enum(["extends", "contradicts", "unpublished"]),
  /** Whether what the gateway has signed of the hour can all be true. */
  words: z.enum(["agree", "contradict"]).default("agree"),
  /** Exchanges that the log's own proofs show as this member's book has them. */
  proved: z.number(),
  differences: z.number(),
  explained: z.number(),
});
export type HourReport = z.infer<typeof hourReportSchema>;
